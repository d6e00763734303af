import type { AsyncBuffer } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import { expect, it } from "vitest";
import { col, countedRows, openDataset, scanBatches, type Predicate } from "../../src/index.ts";
import { fewRanges, placesIn, rowsIn } from "../../src/reading/row-ranges.ts";

const ROWS = 100_000;
// A page of 8 numbers a row and one of texts are not of the same rows.
const PAGE = 8192;
const ids = Array.from({ length: ROWS }, (_, i) => i);
const file = parquetWriteBuffer({
  codec: "UNCOMPRESSED",
  pageSize: PAGE,
  rowGroupSize: ROWS,
  schema: [
    { name: "root", num_children: 6 },
    { name: "id", type: "DOUBLE", repetition_type: "REQUIRED" },
    { name: "text", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "REQUIRED" },
    { name: "word", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
    { name: "gap", type: "INT32", repetition_type: "OPTIONAL" },
    { name: "flag", type: "BOOLEAN", repetition_type: "REQUIRED" },
    { name: "pair", repetition_type: "OPTIONAL", num_children: 2 },
    { name: "a", type: "INT32", repetition_type: "OPTIONAL" },
    { name: "b", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
  ],
  columnData: [
    { name: "id", data: Float64Array.from(ids), columnIndex: true },
    { name: "text", data: ids.map((i) => `text ${i}`) },
    { name: "word", data: ids.map((i) => `word ${i % 50}`) },
    { name: "gap", data: ids.map((i) => (i % 3 === 0 ? null : i)) },
    { name: "flag", data: ids.map((i) => i % 2 === 0) },
    { name: "pair", data: ids.map((i) => ({ a: i, b: `b${i}` })) },
  ],
});
const buffer: AsyncBuffer = { byteLength: file.byteLength, slice: (start, end) => file.slice(start, end) };

const rowOf = (i: number) => ({
  id: i,
  text: `text ${i}`,
  word: `word ${i % 50}`,
  gap: i % 3 === 0 ? null : i,
  flag: i % 2 === 0,
  pair: { a: i, b: `b${i}` },
});

async function read(predicate: Predicate, columns: string[]) {
  const scan = scanBatches(await openDataset(buffer), { predicate, columns });
  const rows: unknown[] = [];
  for await (const batch of scan) for (const row of batch) rows.push(JSON.parse(JSON.stringify(row)));
  return { found: rows, ...scan.effectiveness };
}

const near = col("id").isIn([7, 50_000, 99_990]);

it("reads the pages that may match, and not those between them", async () => {
  const one = await read(col("id").eq(7), ["id", "text"]);
  const three = await read(near, ["id", "text"]);
  expect(three.found).toEqual([7, 50_000, 99_990].map((i) => ({ id: i, text: `text ${i}` })));
  expect(three.pages.read).toBe(3);
  // Three pages of numbers and of texts, with what lies in a gap that is not worth a request; all between would be 600 KB more.
  expect(three.bytes.data - one.bytes.data).toBeGreaterThan(0);
  expect(three.bytes.data).toBeLessThan(3 * 6 * PAGE + 60_000);
  expect(three.rangeRequests - one.rangeRequests).toBeLessThanOrEqual(4);
});

it("finds the same rows of each column, whoever decodes it", async () => {
  const { found } = await read(near, ["pair", "flag", "gap", "word", "text", "id"]);
  expect(found).toEqual([7, 50_000, 99_990].map(rowOf));
  const edges = col("id").between(1020, 1030).or(col("id").between(2040, 2060)).or(col("id").gt(99_998));
  const some = await read(edges, ["id", "pair", "text", "word", "gap", "flag"]);
  const expected = ids.filter((i) => (i >= 1020 && i <= 1030) || (i >= 2040 && i <= 2060) || i > 99_998);
  expect(some.found).toEqual(expected.map(rowOf));
});

it("counts rows of whole pages without reading them", async () => {
  const { effectiveness, rows } = await countedRows(await openDataset(buffer), { predicate: near });
  expect(rows).toBe(3);
  expect(effectiveness.rows.scanned).toBeLessThan(4000);
});

it("reads no byte of the predicate's column twice, indexes neither", async () => {
  const asked: (readonly [start: number, end: number])[] = [];
  const dataset = await openDataset({
    byteLength: file.byteLength,
    slice: (start: number, end: number = file.byteLength) => {
      asked.push([start, end]);
      return file.slice(start, end);
    },
  });
  asked.length = 0;
  expect((await countedRows(dataset, { predicate: near })).rows).toBe(3);
  asked.sort(([a], [b]) => a - b);
  // One for the indexes, one for each of three pages.
  expect(asked).toHaveLength(4);
  for (const [i, [start]] of asked.entries())
    if (i > 0) expect(start).toBeGreaterThanOrEqual(asked[i - 1]![1]);
});

it("takes the smallest gaps along where there are many", () => {
  const ranges = Array.from({ length: 30 }, (_, i) => ({ start: i * 100 + (i % 3) * 10, end: i * 100 + 50 }));
  const few = fewRanges(ranges);
  expect(few).toHaveLength(8);
  expect(few[0]!.start).toBe(0);
  expect(few.at(-1)!.end).toBe(2950);
  for (const range of ranges)
    expect(few.some(({ start, end }) => start <= range.start && range.end <= end)).toBe(true);
  for (const [i, { start }] of few.entries()) if (i > 0) expect(start).toBeGreaterThan(few[i - 1]!.end);
  expect(fewRanges(ranges.slice(0, 8))).toEqual(ranges.slice(0, 8));
  expect(fewRanges([])).toEqual([]);
  expect(rowsIn(ranges.slice(0, 3))).toBe(50 + 40 + 30);
  expect([
    ...placesIn(
      [
        { start: 5, end: 7 },
        { start: 9, end: 10 },
      ],
      5,
    ),
  ]).toEqual([0, 1, 4]);
});
