import { Bool, Decimal, Field, Int32, Schema, Table, Utf8, vectorFromArray } from "apache-arrow";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { IdSet, qualityFromDuplicates, qualityFromPredicate, qualityFromReferences } from "../src/index.ts";
import { arbitraryColumn } from "./arbitrary-columns.ts";

const spec = { idCol: "id", entityKind: "NODE", issue: "ODD" };
const ordinalsOf = (table: Table): number[] => [...(table.getChild("row_ordinal") ?? [])].map(Number);

/** A value as the number that it stands for. */
function numberOf(value: unknown, scale: number): number {
  if (!(value instanceof Uint32Array)) return Number(value);
  const unscaled = value.reduceRight((all, word) => (all << 32n) | BigInt(word), 0n);
  return Number(BigInt.asIntN(32 * value.length, unscaled)) / 10 ** scale;
}

describe("a range", () => {
  it.each([
    ["int8", 0],
    ["uint32", 0],
    ["halffloat", 0],
    ["float", 0],
    ["double", 0],
    ["decimal128(20, 2)", 2],
    ["decimal256(50, 3)", 3],
  ])("over %s finds what a look at each value does", (name, scale) => {
    fc.assert(
      fc.property(
        arbitraryColumn(name),
        fc.constantFrom(-Infinity, 0, 1.5),
        fc.constantFrom(1.5, 100, Infinity),
        ({ table }, min, max) => {
          const column = table.getChild("id")!;
          const expected = Array.from({ length: table.numRows }, (_, row) => row).filter((row) => {
            const value: unknown = column.get(row);
            const number = numberOf(value, scale);
            return value !== null && !(number >= min && number <= max);
          });
          expect(
            ordinalsOf(qualityFromPredicate(table, spec, { column: "id", min, max }, { ordinals: true })),
          ).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("takes its bounds for acceptable, of decimals too, and of 64-bit integers to the last digit", () => {
    const cents = vectorFromArray([Uint32Array.of(57, 0, 0, 0)], new Decimal(2, 10, 128));
    const rows = (columns: object, range: { min?: number | bigint; max?: number | bigint }) =>
      qualityFromPredicate({ id: [1], ...columns }, spec, { column: "x", ...range }).numRows;
    expect(rows({ x: cents }, { min: 0.57, max: 0.57 })).toBe(0);
    expect(rows({ x: cents }, { max: 0.56 })).toBe(1);
    expect(rows({ x: BigInt64Array.of(2n ** 62n + 1n) }, { max: 2n ** 62n })).toBe(1);
    expect(rows({ x: BigInt64Array.of(2n ** 62n + 1n) }, { max: 2n ** 62n + 1n })).toBe(0);
  });
});

it("columns that hold no ids, or no numbers, are refused without rows too", () => {
  const empty = new Table(
    new Schema([
      new Field("id", new Int32(), true),
      new Field("flag", new Bool(), true),
      new Field("text", new Utf8(), true),
    ]),
  );
  const flags = { ...spec, idCol: "flag" };
  expect(() => qualityFromDuplicates(empty, flags)).toThrow("holds no ids");
  expect(() => qualityFromReferences(empty, flags, new IdSet())).toThrow("holds no ids");
  expect(() => new IdSet().add(empty, "flag")).toThrow("holds no ids");
  expect(() => qualityFromPredicate(empty, spec, { column: "text", min: 0 })).toThrow("is not numeric");
});

describe("a set of ids", () => {
  it("is of no sort before it has an id", () => {
    const known = new IdSet();
    expect(qualityFromReferences({ id: [1] }, spec, known).numRows).toBe(1);
    known.add({ id: ["a"] }, "id");
    expect(qualityFromReferences({ id: ["a", "b"] }, spec, known, { ordinals: true }).numRows).toBe(1);
    expect(() => known.add({ id: [1] }, "id")).toThrow(
      'cannot be compared with those before: "float and bytes"',
    );
  });

  it("knows an integer whatever its width", () => {
    const known = new IdSet().add({ id: BigInt64Array.of(-1n, 7n, 2n ** 32n - 1n) }, "id");
    for (const id of [Int8Array.of(-1, 7), Int32Array.of(-1, 7), Uint32Array.of(7, 2 ** 32 - 1)])
      expect(qualityFromReferences({ id }, spec, known).numRows).toBe(0);
    expect(
      ordinalsOf(qualityFromReferences({ id: Uint8Array.of(7, 255) }, spec, known, { ordinals: true })),
    ).toEqual([1]);
  });
});
