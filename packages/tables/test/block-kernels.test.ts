import { readFileSync } from "node:fs";
import {
  Float64,
  Int32,
  Int64,
  LargeUtf8,
  makeVector,
  Table,
  Uint64,
  Utf8,
  vectorFromArray,
} from "apache-arrow";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ColumnProfile, columnProfileTable, HyperLogLog, qualityFromIds } from "../src/index.ts";
import { generate } from "../wasm/generate.js";

/** Lengths on both sides of a loop's step and of the block's end. */
const LENGTHS = [1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 511, 512, 513, 1025, 4095, 4096, 4097, 10_001];
const EXTREMES = [0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n, -(2n ** 53n) - 1n, 2n ** 32n];

const bounds = (table: Table): unknown[] => {
  const row = columnProfileTable({ t: table }, { sketches: false }).get(0)! as {
    toJSON(): Record<string, unknown>;
  };
  return [row.toJSON()["min"], row.toJSON()["max"]];
};
const rowsOf = (table: Table): number[] => {
  const spec = { idCol: "id", entityKind: "NODE", issue: "INVALID_ID", sourceTable: "t" };
  const quality = qualityFromIds(table, spec, { ordinals: true });
  return [...quality.getChild("row_ordinal")!].map(Number);
};

it("the module is what its text says", () => {
  expect(readFileSync(new URL("../src/block-kernels-module.ts", import.meta.url), "utf8")).toBe(generate());
});

describe.each(LENGTHS)("of %i values", (length) => {
  const pick = (i: number): bigint => EXTREMES.at((i * 7 + length) % EXTREMES.length) as bigint;

  it.each([0, Math.floor(length / 2), length - 1])("the extremes are found at row %i", (at) => {
    const values = BigInt64Array.from({ length }, () => 5n);
    values[at] = -(2n ** 63n) + 1n;
    const small = length === 1 ? values[0] : 5n;
    expect(bounds(new Table({ id: makeVector(values) }))).toEqual([String(values[at]), String(small)]);
    const ints = Int32Array.from({ length }, () => 5);
    ints[at] = -(2 ** 31);
    expect(bounds(new Table({ id: makeVector(ints) }))[0]).toBe(String(-(2 ** 31)));
    ints[at] = 2 ** 31 - 1;
    expect(bounds(new Table({ id: makeVector(ints) }))[1]).toBe(String(2 ** 31 - 1));
    const doubles = Float64Array.from({ length }, () => NaN);
    doubles[at] = -1e308;
    expect(bounds(new Table({ id: makeVector(doubles) })).map(Number)).toEqual([-1e308, -1e308]);
  });

  it("registers are raised as value by value", () => {
    const values = BigInt64Array.from({ length }, (_, i) => (i % 3 === 0 ? pick(i) : BigInt(i * 7919)));
    const pairs = new Int32Array(values.buffer);
    const [vectors, loop] = [new HyperLogLog(), new HyperLogLog()];
    vectors.addPairs(pairs, undefined, length);
    loop.addPairs(pairs, new Int32Array((length + 31) >>> 5).fill(-1), length);
    expect(vectors.bytes()).toEqual(loop.bytes());
  });

  it("invalid ids are found, and no others", () => {
    const values = BigInt64Array.from({ length }, (_, i) => pick(i));
    const wanted = [...values.keys()].filter((i) => values[i] === 0n);
    expect(rowsOf(new Table({ id: makeVector(values) }))).toEqual(wanted);
    const doubles = Float64Array.from(values, (value, i) => (value === 0n && i % 2 ? -0 : Number(value)));
    expect(rowsOf(new Table({ id: makeVector(doubles) }))).toEqual(wanted);
    const texts = Array.from(values, (value, i) => (value === 0n ? "0" : ["1", "", "00", "é"][i % 4]));
    for (const type of [new Utf8(), new LargeUtf8()])
      expect(rowsOf(new Table({ id: vectorFromArray(texts, type) }))).toEqual(wanted);
  });
});

it("registers that are all high are raised as value by value", () => {
  const length = 300_000;
  const pairs = Int32Array.from({ length: 2 * length }, (_, i) => Math.imul(i + 1, 0x9e3779b1));
  const [vectors, loop] = [new HyperLogLog(), new HyperLogLog()];
  vectors.addPairs(pairs, undefined, length);
  loop.addPairs(pairs, new Int32Array((length + 31) >>> 5).fill(-1), length);
  expect(Math.min(...vectors.bytes())).toBeGreaterThan(0);
  expect(vectors.bytes()).toEqual(loop.bytes());
});

it.each([
  [-0, 0],
  [0, -0],
  [0, 0, 0, 0, -0],
])("the extremes of %d, %d … are 0, not −0", (...values) => {
  const profile = new ColumnProfile(new Float64());
  for (const chunk of makeVector(Float64Array.from(values)).data) profile.add(chunk);
  expect(profile.range).toEqual({ min: 0, max: 0 });
});

it("rows with nulls are invalid where they are null or zero, and have the range of the others (property)", () => {
  const types = [
    [new Int32(), fc.integer({ min: -3, max: 3 }), Number],
    [new Float64(), fc.constantFrom(-1.5, -0, 0, 2, Infinity), Number],
    [new Int64(), fc.bigInt({ min: -2n, max: 2n }), BigInt],
    [new Uint64(), fc.bigInt({ min: 0n, max: 2n }), BigInt],
  ] as const;
  for (const [type, value, read] of types)
    fc.assert(
      fc.property(
        fc.array(fc.option(value as fc.Arbitrary<number | bigint>, { freq: 5 }), {
          minLength: 1,
          maxLength: 700,
          size: "max",
        }),
        (values) => {
          const table = new Table({ id: vectorFromArray(values, type) });
          // oxlint-disable-next-line eqeqeq -- 0n too
          const wanted = [...values.keys()].filter((i) => values[i] === null || values[i] == 0);
          expect(rowsOf(table)).toEqual(wanted);
          const there = values.filter((each) => each !== null).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
          const [min, max] = bounds(table);
          if (there.length === 0) expect([min, max]).toEqual([null, null]);
          else
            expect([read(min as string), read(max as string)].map(Number)).toEqual(
              [there[0], there.at(-1)].map((each) => Number(each) + 0),
            );
        },
      ),
      { numRuns: 40 },
    );
});
