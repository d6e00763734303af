import * as fc from "fast-check";
import { parquetWriteBuffer, type ColumnSource } from "hyparquet-writer";
import { expect, it } from "vitest";
import { asAsyncBuffer, bytesSource, col, openDataset, scanBatches } from "../../src/index.ts";
import { flatColumn } from "../../src/reading/flat-column.ts";
import { FlatTexts } from "../../src/reading/flat-texts.ts";
import { pageCodes } from "../../src/reading/stored-pages.ts";

const float = fc.float({ noNaN: true });
const KINDS = {
  INT32: fc.integer(),
  INT64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  FLOAT: float,
  DOUBLE: fc.double({ noNaN: true }),
  // About as long as what is copied byte by byte, and longer.
  STRING: fc.string({ unit: "grapheme", maxLength: 40 }),
} as const;

/** Few values, so that there are dictionaries, or many, and stretches of nulls and of one value. */
function arbitraryColumn(rows: number): fc.Arbitrary<ColumnSource> {
  return fc
    .record({
      type: fc.constantFrom(...(Object.keys(KINDS) as (keyof typeof KINDS)[])),
      nulls: fc.constantFrom(0, 0.1, 0.9, 1),
      distinct: fc.constantFrom(1, 2, 300, rows),
      noise: fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
        minLength: 7,
        maxLength: 50,
      }),
      encoding: fc.constantFrom(undefined, "PLAIN" as const),
    })
    .chain(({ type, nulls, distinct, noise, encoding }) =>
      fc.array(KINDS[type] as fc.Arbitrary<unknown>, { minLength: 1, maxLength: distinct }).map((values) => ({
        name: "x",
        type,
        ...(encoding !== undefined && { encoding }),
        ...(nulls === 0 && { nullable: false }),
        data: Array.from({ length: rows }, (_, i) => {
          const roll = noise[(i * 31) % noise.length]!;
          return roll < nulls ? null : values[Math.floor(i * (1 + roll)) % values.length];
        }),
      })),
    );
}

const arbitraryFile = fc.integer({ min: 1, max: 700 }).chain((rows) =>
  fc.record({
    column: arbitraryColumn(rows),
    pageSize: fc.constantFrom(64, 500, 100_000),
    codec: fc.constantFrom("SNAPPY" as const, "UNCOMPRESSED" as const),
    from: fc.nat(rows),
  }),
);

it("reads what was written, all of it and what a predicate selects", async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryFile, async ({ column, pageSize, codec, from }) => {
      const rows = column.data.length;
      const id = {
        name: "id",
        type: "INT32" as const,
        data: Int32Array.from({ length: rows }, (_, i) => (i * 7) % rows),
      };
      const file = new Uint8Array(parquetWriteBuffer({ columnData: [column, id], pageSize, codec }));
      const dataset = await openDataset(asAsyncBuffer(bytesSource(file)));
      for (const predicate of [undefined, col("id").ge(from)]) {
        const found: unknown[] = [];
        let nulls = 0;
        for await (const batch of scanBatches(dataset, { columns: ["x"], ...(predicate && { predicate }) })) {
          const vector = batch.getChild("x")!;
          for (let i = 0; i < vector.length; i++) found.push(vector.get(i));
          nulls += vector.nullCount;
        }
        const expected = [...(column.data as unknown[])].filter(
          (_, i) => predicate === undefined || id.data[i]! >= from,
        );
        expect(found).toEqual(expected);
        expect(nulls).toBe(expected.filter((value) => value === null).length);
      }
    }),
    { numRuns: 150 },
  );
}, 120_000);

it("leaves encodings that it does not know to hyparquet", async () => {
  const ids = Array.from({ length: 1000 }, (_, i) => i);
  const file = parquetWriteBuffer({
    columnData: [
      { name: "delta", data: ids, type: "INT32", encoding: "DELTA_BINARY_PACKED" },
      { name: "plain", data: ids.map(String), type: "STRING", encoding: "PLAIN" },
      { name: "split", data: ids, type: "DOUBLE", encoding: "BYTE_STREAM_SPLIT" },
      { name: "text", data: ids.map(String), type: "STRING", encoding: "DELTA_BYTE_ARRAY" },
      { name: "flag", data: ids.map((i) => i % 3 === 0), type: "BOOLEAN" },
    ],
  });
  for await (const batch of scanBatches(await openDataset(asAsyncBuffer(bytesSource(new Uint8Array(file))))))
    expect(batch.toArray().map((row) => row!.toJSON())).toEqual(
      ids.map((i) => ({ delta: i, plain: String(i), split: i, text: String(i), flag: i % 3 === 0 })),
    );
});

it("refuses levels above what the column has", async () => {
  const data = Int32Array.from({ length: 100 }, (_, i) => i);
  const file = new Uint8Array(
    parquetWriteBuffer({
      columnData: [{ name: "x", data, type: "INT32", nullable: true, encoding: "PLAIN" }],
      codec: "UNCOMPRESSED",
    }),
  );
  // The levels are a run of a hundred, of 1; behind them come the values.
  const run = Buffer.from(file.buffer).indexOf(Buffer.of(0xc8, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0));
  expect(run).toBeGreaterThan(0);
  file[run + 2] = 3;
  const read = async (): Promise<void> => {
    for await (const batch of scanBatches(await openDataset(asAsyncBuffer(bytesSource(file))))) void batch;
  };
  await expect(read()).rejects.toThrow("a value of 3 where 1 is the most");
});

it("refuses more text than a column can hold before it takes memory for it, unless a predicate leaves little", async () => {
  const large = "x".repeat(1_000_000);
  const file = parquetWriteBuffer({
    columnData: [
      { name: "id", data: Int32Array.from({ length: 2200 }, (_, i) => i), type: "INT32" },
      {
        name: "text",
        data: Array.from({ length: 2200 }, () => large),
        type: "STRING",
        encoding: "RLE_DICTIONARY",
      },
    ],
    rowGroupSize: 2200,
  });
  expect(file.byteLength).toBeLessThan(1_000_000);
  const dataset = await openDataset(asAsyncBuffer(bytesSource(new Uint8Array(file))));
  const before = process.resourceUsage().maxRSS;
  const read = async (): Promise<void> => {
    for await (const batch of scanBatches(dataset)) void batch;
  };
  await expect(read()).rejects.toMatchObject({
    code: "UNSUPPORTED",
    message: expect.stringContaining("2200000000"),
  });
  for await (const batch of scanBatches(dataset, { predicate: col("id").eq(7) }))
    expect([batch.numRows, (batch.getChild("text")!.get(0) as string).length]).toEqual([1, large.length]);
  // In KiB.
  expect(process.resourceUsage().maxRSS - before).toBeLessThan(512 * 1024);
});

it("copies the text that a predicate selects, and none beside it", async () => {
  const large = "x".repeat(1_000_000);
  const file = parquetWriteBuffer({
    columnData: [
      { name: "id", data: Int32Array.from({ length: 2100 }, (_, i) => i), type: "INT32" },
      {
        name: "text",
        data: Array.from({ length: 2100 }, (_, i) => (i === 8 ? null : large)),
        type: "STRING",
        encoding: "RLE_DICTIONARY",
      },
    ],
    rowGroupSize: 2100,
  });
  const dataset = await openDataset(asAsyncBuffer(bytesSource(new Uint8Array(file))));
  const before = process.resourceUsage().maxRSS;
  for await (const batch of scanBatches(dataset, { predicate: col("id").between(7, 9) }))
    expect(Array.from(batch.getChild("text")!, (text) => (text as string | null)?.length)).toEqual([
      large.length,
      undefined,
      large.length,
    ]);
  // In KiB: the whole column is 2 GB.
  expect(process.resourceUsage().maxRSS - before).toBeLessThan(512 * 1024);
});

it("knows of more text than 32 bits count without taking memory for it, and copies what is selected", () => {
  const texts = new FlatTexts(3000);
  const dictionary = new Uint8Array(4 + 1_000_000);
  new DataView(dictionary.buffer).setInt32(0, 1_000_000, true);
  texts.readDictionary({ bytes: dictionary, at: 0 }, 1);
  texts.readCoded(new Int32Array(3000), 0, undefined);
  expect(texts.size).toBe(3_000_000_000);
  expect(texts.select(Uint32Array.of(2999)).toArrow().bytes).toHaveLength(1_000_000);
});

it("refuses codes that the dictionary does not have, and pages without bytes", () => {
  const chunk = { type: "INT32", codec: "UNCOMPRESSED", entries: 8, maxDef: 0, maxRep: 0 };
  expect(() => flatColumn({ ...chunk, bytes: new Uint8Array(0) }, true)).toThrow();
  const texts = new FlatTexts(1);
  const body = { bytes: Uint8Array.of(1, 2, 2), at: 0, present: 1 };
  expect([...pageCodes(body, 3)]).toEqual([2]);
  expect(() => pageCodes(body, 2)).toThrow("a value of 2 where 1 is the most");
  expect(() => texts.readPlain({ bytes: Uint8Array.of(9, 0, 0, 0, 65), at: 0 }, 1, 0, undefined)).toThrow(
    RangeError,
  );
});
