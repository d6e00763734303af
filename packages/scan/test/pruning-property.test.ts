// Random predicates over random files: what is counted and read is what a look at every row gives, whatever statistics said.
import { parquetWriteBuffer } from "hyparquet-writer";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { col, countedRows, countRows, openDataset, scanBatches, type Predicate } from "../src/index.ts";
import { arbitraryComparison, arbitraryPredicate } from "./arbitrary-predicate.ts";

const float = fc.constantFrom(-1.5, -0, 0, 1, 2.5, Infinity, -Infinity, Number.NaN);
const text = fc.constantFrom(
  "",
  "a",
  "ab",
  "b",
  "é",
  "\u{1F600}",
  "\uFFFD",
  "z".repeat(40),
  `${"z".repeat(40)}é`,
  "\u{10FFFF}",
);
const row = fc.record({
  i: fc.option(fc.integer({ min: -9, max: 9 }), { freq: 5 }),
  l: fc.option(fc.oneof(fc.bigInt(-3n, 3n), fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n, 2n ** 40n)), {
    freq: 5,
  }),
  f: fc.option(float, { freq: 5 }),
  s: fc.option(text, { freq: 5 }),
  b: fc.option(fc.boolean(), { freq: 5 }),
});
type Row = { i: number | null; l: bigint | null; f: number | null; s: string | null; b: boolean | null };

const comparison = arbitraryComparison(
  fc.oneof(
    fc.tuple(fc.constant("i"), fc.integer({ min: -9, max: 9 })),
    fc.tuple(fc.constant("l"), fc.bigInt(-4n, 4n)),
    fc.tuple(fc.constant("f"), float),
    fc.tuple(fc.constant("s"), text),
    fc.tuple(fc.constant("b"), fc.boolean()),
  ),
);
const predicate = arbitraryPredicate(comparison);

it("loses no row and invents none", async () => {
  let skipped = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 40, size: "max" }),
      fc.integer({ min: 1, max: 9 }),
      fc.boolean(),
      predicate,
      async (rows, rowGroupSize, sorted, asked) => {
        const data: Row[] = sorted ? rows.toSorted((a, b) => (a.i ?? -99) - (b.i ?? -99)) : rows;
        const file = parquetWriteBuffer({
          columnData: [
            { name: "i", data: data.map(({ i }) => i), type: "INT32", nullable: true },
            { name: "l", data: data.map(({ l }) => l), type: "INT64", nullable: true },
            { name: "f", data: data.map(({ f }) => f), type: "DOUBLE", nullable: true },
            { name: "s", data: data.map(({ s }) => s), type: "STRING", nullable: true },
            { name: "b", data: data.map(({ b }) => b), type: "BOOLEAN", nullable: true },
          ],
          rowGroupSize,
        });
        const dataset = await openDataset({
          byteLength: file.byteLength,
          slice: (start: number, end?: number) => file.slice(start, end),
        });
        const expected = data.filter(
          (values) => asked.evaluate((path) => values[path as keyof Row]) === true,
        );
        expect(await countRows(dataset, { predicate: asked })).toBe(expected.length);
        const scan = scanBatches(dataset, { predicate: asked });
        const found: unknown[] = [];
        for await (const batch of scan) found.push(...batch.toArray().map((value) => value?.toJSON()));
        // The writer's dictionary takes -0 for 0.
        const unsigned = (values: readonly unknown[]) =>
          (values as Row[]).map((value) => ({ ...value, f: value.f === 0 ? 0 : value.f }));
        expect(unsigned(found)).toEqual(unsigned(expected));
        skipped += scan.effectiveness.rowGroups.skipped;
      },
    ),
    { numRuns: 200 },
  );
  // Else the test would prove nothing.
  expect(skipped).toBeGreaterThan(50);
});

it("loses no row between pages and bloom filters, and reads less for them", async () => {
  const data: Row[] = Array.from({ length: 6000 }, (_, at) => ({
    // Even numbers only, so that an odd one lies within the bounds and yet is not there.
    i: at % 11 === 0 ? null : Math.floor(at / 300) - 9,
    l: at % 7 === 0 ? null : BigInt(at - 3000) * 2n,
    f: at % 13 === 0 ? Number.NaN : at / 2,
    s: at % 5 === 0 ? null : `${String(at * 2).padStart(6, "0")} and more text`,
    b: at % 2 === 0,
  }));
  const indexed = { nullable: true, columnIndex: true, bloomFilter: true } as const;
  const file = parquetWriteBuffer({
    columnData: [
      { name: "i", data: data.map(({ i }) => i), type: "INT32", ...indexed },
      { name: "l", data: data.map(({ l }) => l), type: "INT64", ...indexed },
      { name: "f", data: data.map(({ f }) => f), type: "DOUBLE", nullable: true, columnIndex: true },
      { name: "s", data: data.map(({ s }) => s), type: "STRING", ...indexed },
      { name: "b", data: data.map(({ b }) => b), type: "BOOLEAN", nullable: true },
    ],
    rowGroupSize: 2000,
    pageSize: 1024,
  });
  const dataset = await openDataset({
    byteLength: file.byteLength,
    slice: (start: number, end?: number) => file.slice(start, end),
  });
  let pagesSkipped = 0;
  const check = async (asked: Predicate): Promise<void> => {
    const expected = data.filter((values) => asked.evaluate((path) => values[path as keyof Row]) === true);
    expect(await countRows(dataset, { predicate: asked })).toBe(expected.length);
    const scan = scanBatches(dataset, { predicate: asked });
    const found: unknown[] = [];
    for await (const batch of scan) found.push(...batch.toArray().map((value) => value?.toJSON()));
    expect(found).toEqual(expected);
    pagesSkipped += scan.effectiveness.pages.skipped;
  };
  await fc.assert(fc.asyncProperty(predicate, check), { numRuns: 30 });
  const place = fc.integer({ min: 0, max: 6000 });
  await fc.assert(
    fc.asyncProperty(place, place, fc.boolean(), async (from, to, mixed) => {
      const range = col("l").between(BigInt(from - 3000) * 2n, BigInt(to - 3000) * 2n);
      await check(
        mixed ? range.and(col("s").ge(String(from * 2).padStart(6, "0"))) : range.or(col("f").eq(to / 2)),
      );
    }),
    { numRuns: 30 },
  );
  expect(pagesSkipped).toBeGreaterThan(50);

  const narrow = await countedRows(dataset, { predicate: col("l").between(-10n, 10n) });
  expect(narrow.rows).toBe(9);
  const all = await countedRows(dataset, { predicate: col("l").isNull() });
  expect(narrow.effectiveness.bytes.data).toBeLessThan(all.effectiveness.bytes.data / 3);
  expect(narrow.effectiveness.pages.skipped).toBeGreaterThan(narrow.effectiveness.pages.read);
  // Within the bounds of a page and a row group, but only the filter knows that it is not there.
  const absent = await countedRows(dataset, { predicate: col("l").eq(11n).or(col("s").eq("000333")) });
  expect([absent.rows, absent.effectiveness.rowGroupsSkippedBy.bloom_filter]).toEqual([0, 2]);
});
