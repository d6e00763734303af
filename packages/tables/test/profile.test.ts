import { decode, encode } from "@msgpack/msgpack";
import {
  Bool,
  DataType,
  Decimal,
  Dictionary,
  Float64,
  Int32,
  makeVector,
  Table,
  Vector,
  vectorFromArray,
} from "apache-arrow";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  COLUMN_PROFILE_SCHEMA,
  ColumnProfile,
  columnProfileTable,
  HyperLogLog,
  PROFILE_RANKS,
  profileStream,
  profileTable,
  QuantileSketch,
  typeString,
} from "../src/index.ts";
import { arbitraryColumn, typeAndValues, TYPES } from "./arbitrary-columns.ts";

const rowOf = (table: Table): Record<string, unknown> =>
  (columnProfileTable({ t: table }).get(0)! as { toJSON(): Record<string, unknown> }).toJSON();
const plain = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) => (typeof each === "bigint" ? `${each}n` : each));
const ORDERED = /^(u?int|halffloat|float|double|decimal|string|large_string|bool|date|time|duration)/;

/** A generator of its own: the same values on every machine. */
function numbers(count: number, seed = 1): Float64Array {
  let state = seed;
  return Float64Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  });
}

describe.each(Object.keys(TYPES))("the profile of a column of %s", (name) => {
  it("agrees with a look at each value, whatever the chunks, and through bytes", () => {
    fc.assert(
      fc.property(arbitraryColumn(name), ({ table }) => {
        const column = table.getChild("id")!;
        const values = Array.from({ length: table.numRows }, (_, i) => column.get(i) as unknown);
        const held = values.filter((value) => value !== null);
        const row = rowOf(table);
        expect(row).toMatchObject({
          type: name,
          rows: BigInt(values.length),
          null_count: BigInt(values.length - held.length),
        });

        const numeric = held.filter(
          (value) => (typeof value === "number" || typeof value === "bigint") && value === value,
        ) as (number | bigint)[];
        const sorted = numeric.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
        if (/^(u?int|float|double|halffloat)/.test(name)) {
          const text = (value: number | bigint | undefined) =>
            value === undefined ? null : Object.is(value, -0) ? "0" : String(value);
          expect([row["min"], row["max"]]).toEqual([text(sorted[0]), text(sorted.at(-1))]);
        }
        if (/string/.test(name)) {
          const bytes = (held as string[])
            .map((text) => Buffer.from(text))
            .sort((one, other) => one.compare(other));
          expect([row["min"], row["max"]]).toEqual([
            bytes[0]?.toString() ?? null,
            bytes.at(-1)?.toString() ?? null,
          ]);
          if (name.startsWith("dict") || name.startsWith("string")) {
            const lengths = bytes.map(({ length }) => length);
            expect(row["max_length"]).toBe(lengths.length === 0 ? null : BigInt(Math.max(...lengths)));
            if (lengths.length > 0)
              expect(row["mean_length"]).toBeCloseTo(lengths.reduce((a, b) => a + b, 0) / lengths.length, 9);
          }
        }
        if (name === "bool")
          expect([row["true_count"], row["false_count"]]).toEqual(
            [
              held.filter((value) => value === true).length,
              held.filter((value) => value === false).length,
            ].map(BigInt),
          );
        if (/^(float|double|halffloat)/.test(name)) {
          expect(row["nan_count"]).toBe(BigInt(held.filter((value) => value !== value).length));
          expect(row["infinity_count"]).toBe(
            BigInt(held.filter((value) => Math.abs(value as number) === Infinity).length),
          );
        }
        if (ORDERED.test(name) && !name.startsWith("halffloat")) {
          const distinct = new Set(
            held
              .filter((value) => value === value)
              .map((value) =>
                value === 0
                  ? "0"
                  : ArrayBuffer.isView(value)
                    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex")
                    : `${typeof value}${String(value as number)}`,
              ),
          ).size;
          // Two of so few values share one of 8,192 registers now and then: of 90, five such pairs in one of 13,000 columns.
          expect(Math.abs(Number(row["distinct_estimate"] ?? 0) - distinct)).toBeLessThanOrEqual(
            distinct < 2 ? 0 : 2 + Math.ceil(distinct / 12),
          );
        }

        // One chunk of the same values, through plain vectors.
        const whole = new ColumnProfile(column.type);
        for (const chunk of column.data) whole.add(chunk);
        const again = ColumnProfile.fromBytes(column.type, whole.bytes());
        expect(plain(columnProfileTable({ t: [{ name: "id", profile: again }] }).get(0))).toBe(
          plain(columnProfileTable({ t: [{ name: "id", profile: whole }] }).get(0)),
        );
      }),
      { numRuns: 25 },
    );
  });

  it("of two parts merges to that of the whole", () => {
    fc.assert(
      fc.property(arbitraryColumn(name), fc.nat(90), ({ table }, cut) => {
        const part = (some: Table) => {
          const profile = new ColumnProfile(table.getChild("id")!.type as DataType);
          for (const chunk of some.getChild("id")!.data) if (chunk.length > 0) profile.add(chunk);
          return profile;
        };
        const merged = part(table.slice(0, cut)).merge(part(table.slice(cut)));
        const row = (profile: ColumnProfile) =>
          (
            columnProfileTable({ t: [{ name: "id", profile }] }).get(0)! as {
              toJSON(): Record<string, unknown>;
            }
          ).toJSON();
        const [a, b] = [row(merged), row(part(table))];
        const exact = ({
          mean: _mean,
          stddev: _stddev,
          mean_length: _length,
          histogram: _histogram,
          ...rest
        }: Record<string, unknown>) => plain(rest);
        expect(exact(a)).toBe(exact(b));
        for (const column of ["mean", "stddev"]) {
          const [x, y] = [a[column], b[column]] as [number | null, number | null];
          if (x === null || y === null) continue;
          // Squares beyond the largest double.
          if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
          expect(Math.abs(x - y)).toBeLessThanOrEqual(
            1e-9 * Math.max(1, Math.abs(Number(b["max"]) || 0), Math.abs(Number(b["min"]) || 0), Math.abs(x)),
          );
        }
      }),
      { numRuns: 25 },
    );
  });
});

it("writes the canonical text of each type", () => {
  const text = (values: readonly unknown[], type: DataType) => {
    const { min, max } = rowOf(new Table({ id: vectorFromArray(values as never, type) } as never));
    return [min, max];
  };
  const day = 86_400_000;
  const of = (name: string) => typeAndValues(name)[0]();
  expect(text([0, -day, 20_000 * day], of("date32[day]"))).toEqual(["1969-12-31", "2024-10-04"]);
  expect(text([-1000, 86_399_000], of("timestamp[s]"))).toEqual([
    "1969-12-31T23:59:59",
    "1970-01-01T23:59:59",
  ]);
  expect(text([1], of("timestamp[ns, tz=UTC]"))[0]).toBe("1970-01-01T00:00:00.001000000Z");
  expect(text([61_000_001n], of("time64[us]"))[0]).toBe("00:01:01.000001");
  expect(text([5n, -7n], of("duration[us]"))).toEqual(["-7 us", "5 us"]);
  expect(
    text(
      [Uint32Array.of(2 ** 32 - 5, 2 ** 32 - 1, 2 ** 32 - 1, 2 ** 32 - 1), Uint32Array.of(1234, 0, 0, 0)],
      of("decimal128(20, 2)"),
    ),
  ).toEqual(["-0.05", "12.34"]);
  expect(text([Uint8Array.of(255), Uint8Array.of(1, 2)], of("binary"))).toEqual(["0102", "ff"]);
  expect(text([true, false], of("bool"))).toEqual(["false", "true"]);
  expect(text([-0, Number.NaN], of("double"))).toEqual(["0", "0"]);
  expect(text([Number.NaN, null], of("double"))).toEqual([null, null]);
  expect(text([-Infinity], of("double"))).toEqual(["-Infinity", "-Infinity"]);
  expect(text([-(2n ** 63n), 2n ** 63n - 1n], of("int64"))).toEqual([
    "-9223372036854775808",
    "9223372036854775807",
  ]);
  expect(text([0n, 2n ** 64n - 1n], of("uint64"))).toEqual(["0", "18446744073709551615"]);
});

describe("the distinct estimate", () => {
  it.each([10, 1000, 20_000, 100_000, 500_000])("of %i values is within 3 %%", (count) => {
    const estimates = [Float64Array.from({ length: count }, (_, i) => i), numbers(count, 7)].map((values) => {
      const sketch = new HyperLogLog();
      sketch.addDoubles(values, count);
      return sketch.estimate();
    });
    const words = new HyperLogLog();
    const texts = Array.from({ length: count }, (_, i) => `id-${i}`);
    const offsets = new Int32Array(count + 1);
    let end = 0;
    texts.forEach((each, i) => (offsets[i + 1] = end += each.length));
    words.addBytes(Buffer.from(texts.join("")), offsets, undefined, count);
    for (const estimate of [...estimates, words.estimate()])
      expect(Math.abs(estimate / count - 1)).toBeLessThan(0.03);
  });
});

describe("distinct values", () => {
  const distinct = (vector: Vector) => Number(rowOf(new Table({ x: vector } as never))["distinct_estimate"]);
  const coded = (values: Vector, codes: readonly number[]) =>
    makeVector({
      type: new Dictionary(values.type, new Int32()),
      data: Int32Array.from(codes),
      dictionary: values,
    } as never) as Vector;
  const thousand = Array.from({ length: 1000 }, (_, i) => i);

  it.each<[string, () => Vector]>([
    [
      "of decimals",
      () =>
        vectorFromArray(
          thousand.map((i) => Uint32Array.of(i, 5, 2 ** 16, 0)),
          typeAndValues("decimal128(20, 2)")[0](),
        ),
    ],
    ["of int64", () => makeVector(BigInt64Array.from(thousand, (i) => 2n ** 62n + BigInt(i)))],
    [
      "of a dictionary of int64",
      () => coded(makeVector(BigInt64Array.from(thousand, (i) => 2n ** 62n + BigInt(i))), thousand),
    ],
  ])("%s beyond what a double holds are told apart", (_, make) => {
    expect(Math.abs(distinct(make()) / 1000 - 1)).toBeLessThan(0.03);
  });

  it("are those that rows refer to, and no NaN", () => {
    expect(distinct(coded(vectorFromArray([true, false], new Bool()), [0, 1, 0]))).toBe(2);
    expect(distinct(coded(vectorFromArray([true, false], new Bool()), [1]))).toBe(1);
    expect(distinct(coded(makeVector(Float64Array.of(1, Number.NaN, 2)), [0, 1]))).toBe(1);
    expect(distinct(makeVector(Float64Array.of(Number.NaN)))).toBe(0);
  });
});

describe("the histogram", () => {
  const bins = (vector: Vector) => {
    const list = rowOf(new Table({ x: vector } as never))["histogram"] as Vector | null;
    return list === null ? null : [...list].flatMap((part, bin) => (part > 0 ? [[bin, part]] : []));
  };

  it("lies between the exact bounds, or the finite values next to them", () => {
    expect(bins(makeVector(Float64Array.of(1, 1, 2, 21)))).toEqual([
      [0, 0.75],
      [19, 0.25],
    ]);
    expect(bins(makeVector(Float64Array.of(-Infinity, 1, 21, Infinity)))).toEqual([
      [0, 0.5],
      [19, 0.5],
    ]);
    expect(bins(makeVector(Float64Array.of(-1e308, 1e308)))).toEqual([
      [0, 0.5],
      [19, 0.5],
    ]);
    expect(bins(makeVector(Float64Array.of(Infinity)))).toBeNull();
    expect(bins(makeVector(BigInt64Array.of(5n)))).toEqual([[0, 1]]);
    // The one value of a million is in no sketch, but it is a bound.
    const values = Float64Array.from({ length: 100_000 }, (_, i) => i % 1000);
    values[50] = 1e6;
    expect(bins(makeVector(values))).toEqual([[0, 1]]);
  });

  it("and the quantiles of decimals are in the column's unit", () => {
    const cents = vectorFromArray(
      [57, 57, 157].map((each) => Uint32Array.of(each, 0, 0, 0)),
      new Decimal(2, 10, 128),
    );
    const row = rowOf(new Table({ x: cents } as never));
    expect([...(row["quantiles"] as Vector)]).toEqual([0.57, 0.57, 0.57, 0.57, 1.57, 1.57, 1.57]);
    expect(bins(cents)?.map(([bin]) => bin)).toEqual([0, 19]);
  });
});

it("takes chunks of its own type alone", () => {
  const profile = new ColumnProfile(new Decimal(2, 10, 128));
  const other = vectorFromArray([Uint32Array.of(1, 0, 0, 0)], new Decimal(3, 10, 128));
  expect(() => profile.add(other.data[0]!)).toThrow('not a chunk of the column: "decimal128(10, 3)"');
});

it("is read from bytes, or refused, whatever has become of them (property)", () => {
  const { profile } = profileTable({ x: numbers(5000) }).at(0)!;
  const whole = profile.bytes();
  const nonsense = fc.oneof(
    fc.constantFrom(null, "x", -1, 1e9, Number.NaN, 2 ** 60, new Uint8Array(8192).fill(255)),
    fc.constantFrom([], ["abc", "x"], {}, true),
  );
  fc.assert(
    fc.property(fc.array(fc.nat(8), { maxLength: 3 }), nonsense, fc.boolean(), (path, value, inner) => {
      const parts = decode(whole) as unknown[];
      const quantiles = decode(parts[6] as Uint8Array) as unknown[];
      let at = inner ? quantiles : parts;
      for (const step of path.slice(0, -1)) {
        const next = at[step % at.length];
        if (Array.isArray(next) && next.length > 0) at = next;
      }
      at[(path.at(-1) ?? 0) % at.length] = value;
      if (inner) parts[6] = encode(quantiles);
      let read: ColumnProfile;
      try {
        read = ColumnProfile.fromBytes(new Float64(), encode(parts));
      } catch (error) {
        expect(error).toMatchObject({ name: "PitotError", code: "INVALID_DATA" });
        return;
      }
      read.merge(profile).merge(read);
      read.add(makeVector(numbers(5000)).data[0]!);
      expect(read.bytes().length).toBeGreaterThan(8192);
    }),
    { numRuns: 500 },
  );
});

describe("quantiles", () => {
  const ranks = PROFILE_RANKS;
  const worst = (sketch: QuantileSketch, sorted: Float64Array) =>
    Math.max(
      ...sketch
        .quantiles(ranks)
        .map((value, i) =>
          Math.abs(sorted.findIndex((each) => each >= value) / sorted.length - (ranks.at(i) ?? 0)),
        ),
    );

  it.each<[string, (count: number) => Float64Array]>([
    ["random", (count) => numbers(count)],
    ["ascending", (count) => Float64Array.from({ length: count }, (_, i) => i)],
    ["descending", (count) => Float64Array.from({ length: count }, (_, i) => -i)],
    ["saw-toothed", (count) => Float64Array.from({ length: count }, (_, i) => (i % 64) + i / count)],
  ])("of %s values have a rank within 1 %, whole and merged", (_, make) => {
    for (const count of [1, 2000, 50_000, 300_000]) {
      const values = make(count);
      const sorted = values.slice().sort();
      const whole = new QuantileSketch();
      for (let from = 0; from < count; from += 4096)
        whole.add(values.subarray(from), Math.min(4096, count - from));
      expect(worst(whole, sorted)).toBeLessThanOrEqual(count <= 2000 ? 1.001 / count : 0.01);
      expect(QuantileSketch.fromBytes(whole.bytes()).quantiles(ranks)).toEqual(whole.quantiles(ranks));
      const merged = new QuantileSketch();
      for (let part = 0; part < 7; part++) {
        const one = new QuantileSketch();
        const from = Math.floor((count * part) / 7);
        one.add(values.subarray(from), Math.floor((count * (part + 1)) / 7) - from);
        merged.merge(one);
      }
      expect(merged.count).toBe(count);
      expect(worst(merged, sorted)).toBeLessThanOrEqual(count <= 2000 ? 2 / count : 0.015);
    }
  });

  it("are asked for in any order, and by numbers alone", () => {
    const sketch = new QuantileSketch();
    sketch.add(Float64Array.of(1, 2, 3, 4), 4);
    expect(sketch.quantiles([1, 0, 0.5])).toEqual([4, 1, 2]);
    expect(sketch.ranks([4, 0, 2])).toEqual([1, 0, 0.5]);
    expect(sketch.ranks([Infinity, -Infinity])).toEqual([1, 0]);
    for (const rank of [-0.1, 50, Number.NaN, "0.5"])
      expect(() => sketch.quantiles([rank as number])).toThrow("Ranks are not a list of numbers");
    expect(() => sketch.ranks([Number.NaN])).toThrow("Edges are not a list of numbers");
  });

  it("do not depend on how values come in", () => {
    const values = numbers(100_000);
    const table = new Table({ x: makeVector(values) });
    const cut = table.slice(0, 777).concat(table.slice(777, 50_001), table.slice(50_001));
    expect(profileTable(cut).at(0)!.profile.bytes()).toEqual(profileTable(table).at(0)!.profile.bytes());
    // Pinned: it must be the same on every machine.
    expect(profileTable(table).at(0)!.profile.quantiles.quantiles([0.5])).toMatchInlineSnapshot(`
      [
        0.4986832367721945,
      ]
    `);
  });
});

it("profiles streams, and names columns of another type", async () => {
  const parts = [{ x: Int32Array.of(1, 2) }, { x: Int32Array.of(3) }];
  const profile = await profileStream(parts);
  expect(columnProfileTable({ t: profile }).get(0)!.toJSON()).toMatchObject({
    rows: 3n,
    min: "1",
    max: "3",
    mean: 2,
    distinct_estimate: 3n,
  });
  await expect(profileStream([...parts, { x: [1.5] }])).rejects.toThrow("has other columns");
  expect(() => profile.at(0)!.profile.merge(profileTable({ x: ["a"] }).at(0)!.profile)).toThrow(
    "not of one type",
  );
  expect(() => ColumnProfile.fromBytes(new Float64(), new Uint8Array(3))).toThrow(
    "These are not the bytes of a profile",
  );
  expect(columnProfileTable({ gone: null }).numRows).toBe(0);
  expect(
    COLUMN_PROFILE_SCHEMA.fields.map(({ name, type }) => `${name}: ${typeString(type)}`).slice(5, 8),
  ).toEqual(["min: string", "max: string", "distinct_estimate: int64"]);
});
