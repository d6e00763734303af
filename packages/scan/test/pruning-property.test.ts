// Random predicates over random files: what is counted and read is what a look at every row gives, whatever statistics said.
import { parquetWriteBuffer } from "hyparquet-writer";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { col, countRows, openDataset, scanBatches, type Predicate } from "../src/index.ts";

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

const comparison: fc.Arbitrary<Predicate> = fc
  .oneof(
    fc.tuple(fc.constant("i"), fc.integer({ min: -9, max: 9 })),
    fc.tuple(fc.constant("l"), fc.bigInt(-4n, 4n)),
    fc.tuple(fc.constant("f"), float),
    fc.tuple(fc.constant("s"), text),
    fc.tuple(fc.constant("b"), fc.boolean()),
  )
  .chain(([name, value]) =>
    fc.constantFrom(
      col(name).eq(value),
      col(name).ne(value),
      col(name).lt(value),
      col(name).le(value),
      col(name).gt(value),
      col(name).ge(value),
      col(name).isIn([value]),
      col(name).isNull(),
      col("f").isNaN(),
    ),
  );
const { predicate } = fc.letrec<{ predicate: Predicate }>((tie) => ({
  predicate: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    comparison,
    fc.tuple(tie("predicate"), tie("predicate")).map(([a, b]) => a.and(b)),
    fc.tuple(tie("predicate"), tie("predicate")).map(([a, b]) => a.or(b)),
    tie("predicate").map((inner) => inner.not()),
  ),
}));

it("loses no row and invents none", async () => {
  let skipped = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 40 }),
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
    { numRuns: 400 },
  );
  // Else the test would prove nothing.
  expect(skipped).toBeGreaterThan(100);
});
