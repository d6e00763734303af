import {
  Binary,
  Bool,
  DateDay,
  Decimal,
  Dictionary,
  Field,
  Float32,
  Float64,
  Int16,
  Int32,
  Int64,
  List,
  TimeMicrosecond,
  TimestampMicrosecond,
  TimestampNanosecond,
  Uint64,
  Utf8,
  makeData,
  vectorFromArray,
  type Data,
  type DataType,
} from "apache-arrow";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { col, parsePredicate, type ColumnBounds, type Predicate, type Scalar } from "../src/index.ts";
import { compareScalars } from "../src/predicate/compare-scalars.ts";
import { scalarOf } from "../src/predicate/literal.ts";
import { arbitraryPredicate } from "./arbitrary-predicate.ts";

const bounds = (rest: Partial<ColumnBounds>): ColumnBounds => ({
  rows: 10,
  minExact: true,
  maxExact: true,
  ...rest,
});
const judged = (predicate: Predicate, type: DataType, known: Partial<ColumnBounds>): string => {
  const { canBeTrue, canBeFalse, canBeNull } = predicate.outcomes(() => ({ bounds: bounds(known), type }));
  return `${canBeTrue ? "t" : ""}${canBeFalse ? "f" : ""}${canBeNull ? "n" : ""}`;
};

describe("outcomes over bounds", () => {
  const int = new Int32();
  const exact = { min: 3, max: 7, nullCount: 0 };
  it.each<[string, Predicate, Partial<ColumnBounds>, string]>([
    ["below", col("x").eq(2), exact, "f"],
    ["within", col("x").eq(5), exact, "tf"],
    ["the only value", col("x").eq(5), { min: 5, max: 5, nullCount: 0 }, "t"],
    ["the only value, inexact", col("x").eq(5), { min: 5, max: 5, nullCount: 0, maxExact: false }, "tf"],
    ["nulls unknown", col("x").eq(2), { min: 3, max: 7 }, "fn"],
    ["all null", col("x").eq(2), { nullCount: 10 }, "n"],
    ["no rows", col("x").eq(2), { rows: 0 }, ""],
    ["no bounds", col("x").eq(2), { nullCount: 0 }, "tf"],
    ["bounds that contradict each other", col("x").eq(5), { min: 7, max: 3, nullCount: 0 }, "tf"],
    ["one bound only", col("x").lt(3), { min: 3, nullCount: 0 }, "f"],
    ["less than all", col("x").lt(3), exact, "f"],
    ["less or equal", col("x").le(3), exact, "tf"],
    ["all less", col("x").lt(8), exact, "t"],
    ["all greater", col("x").ge(3), exact, "t"],
    ["unequal", col("x").ne(9), exact, "t"],
    ["unequal to the only one", col("x").ne(5), { min: 5, max: 5, nullCount: 0 }, "f"],
    ["in, outside", col("x").isIn([1, 2, 8]), exact, "f"],
    ["in, inside", col("x").isIn([1, 4]), exact, "tf"],
    ["in, the only one", col("x").isIn([1, 5]), { min: 5, max: 5, nullCount: 0 }, "t"],
    ["in nothing", col("x").isIn([]), exact, "f"],
    ["between", col("x").between(8, 9), exact, "f"],
    ["between, all", col("x").between(1, 9), exact, "t"],
    ["not", col("x").eq(2).not(), exact, "t"],
    ["null", col("x").isNull(), exact, "f"],
    ["null, unknown", col("x").isNull(), {}, "tf"],
    ["null, all", col("x").isNull(), { nullCount: 10 }, "t"],
    ["and false", col("x").eq(2).and(col("x").isNull()), exact, "f"],
    ["or true", col("x").lt(8).or(col("x").isNull()), exact, "t"],
    ["a literal that the file's type has not", col("x").eq(3_000_000_000), exact, "tfn"],
  ])("%s", (_, predicate, known, expected) => expect(judged(predicate, int, known)).toBe(expected));

  const float = new Float64();
  it.each<[string, Predicate, Partial<ColumnBounds>, string]>([
    ["NaN may hide", col("x").lt(9), { min: 1, max: 2, nullCount: 0 }, "tf"],
    ["NaN counted out", col("x").lt(9), { min: 1, max: 2, nullCount: 0, nanCount: 0 }, "t"],
    ["NaN is unequal", col("x").ne(1), { min: 1, max: 1, nullCount: 0 }, "tf"],
    ["NaN as literal", col("x").eq(Number.NaN), { min: 1, max: 2, nullCount: 0 }, "f"],
    ["NaN in a set", col("x").isIn([Number.NaN]), { min: 1, max: 2, nullCount: 0 }, "f"],
    ["is NaN", col("x").isNaN(), { nullCount: 0, nanCount: 0 }, "f"],
    ["all NaN", col("x").isNaN(), { nullCount: 0, nanCount: 10 }, "t"],
    [
      "a minimum of NaN bounds nothing",
      col("x").eq(0),
      { min: Number.NaN, max: 2, nullCount: 0, nanCount: 0 },
      "tf",
    ],
    ["zero has no sign", col("x").eq(-0), { min: 0, max: 0, nullCount: 0, nanCount: 0 }, "t"],
  ])("%s", (_, predicate, known, expected) => expect(judged(predicate, float, known)).toBe(expected));

  it("knows nothing of a missing column", () =>
    expect(
      col("x")
        .eq(1)
        .outcomes(() => undefined),
    ).toEqual({ canBeTrue: true, canBeFalse: true, canBeNull: true }));
});

describe("literals in the column's type", () => {
  it.each<[string, DataType, Parameters<typeof scalarOf>[0], Scalar]>([
    ["a day", new DateDay(), "2001-02-03", 11_356],
    ["a day as Date", new DateDay(), new Date("2001-02-03"), 11_356],
    ["microseconds", new TimestampMicrosecond("UTC"), "2001-02-03T04:05:06.789012Z", 981_173_106_789_012n],
    ["an offset", new TimestampMicrosecond("UTC"), "2001-02-03T04:05:06+02:00", 981_165_906_000_000n],
    ["before the epoch", new TimestampNanosecond(), "1969-12-31 23:59:59.999999999", -1n],
    ["a time", new TimeMicrosecond(), "00:00:01.5", 1_500_000n],
    ["an int64", new Int64(), 5, 5n],
    ["a uint64", new Uint64(), 2n ** 64n - 1n, 2n ** 64n - 1n],
    ["a decimal text", new Decimal(2, 10, 128), "-1.50", -150n],
    ["a decimal number", new Decimal(2, 10, 128), 1e-2, 1n],
    ["a double of a float32", new Float32(), 0.1, 0.1],
    ["more than a float32 holds", new Float32(), -(2n ** 128n), -(2 ** 128)],
    ["an infinite float32", new Float32(), -Infinity, -Infinity],
    ["bytes", new Binary(), "é", Uint8Array.of(0xc3, 0xa9)],
    ["a dictionary's values", new Dictionary(new Utf8(), new Int32()), "a", "a"],
  ])("%s", (_, type, literal, scalar) => expect(scalarOf(literal, type, "x")).toEqual(scalar));

  it.each<[string, DataType, Parameters<typeof scalarOf>[0], RegExp]>([
    ["an integer that no double is", new Float32(), 2n ** 53n + 1n, /a double holds/],
    ["a fraction of an integer", new Int32(), 1.5, /whole number/],
    ["too large", new Int16(), 40_000, /whole number/],
    ["a text of a number", new Int32(), "1", /whole number/],
    ["a noon of a day", new DateDay(), "2001-02-03T12:00:00Z", /a day/],
    ["a day that is none", new DateDay(), "2001-02-30", /a day/],
    ["a number of a timestamp", new TimestampMicrosecond(), 1, /ISO text/],
    ["nanoseconds of microseconds", new TimestampMicrosecond(), "2001-01-01T00:00:00.000000001Z", /ISO text/],
    ["too many decimals", new Decimal(2, 10, 128), "1.505", /at most 2 decimals/],
    ["a truth of a text", new Utf8(), true, /a text/],
    ["a list", new List(new Field("element", new Int32())), 1, /leaf column/],
  ])("refuses %s", (_, type, literal, message) =>
    expect(() => scalarOf(literal, type, "x")).toThrow(message),
  );

  it("refuses null, and columns that are not there", () => {
    expect(() => col("x").eq(null as never)).toThrow(/isNull/);
    expect(() =>
      col("x")
        .eq(1)
        .check(() => undefined),
    ).toThrow(/no column of the predicate: "x"/);
  });
});

describe("text", () => {
  it.each([
    ["year = 2024 and month == '01'", '((year == 2024) and (month == "01"))'],
    [
      "a in (1, -2.5) or not b is null",
      "(is_in(a, {value_set=[1, -2.5], null_matching_behavior=MATCH}) or invert(is_null(b, {nan_is_null=false})))",
    ],
    ["\"odd name\" <> 'it''s' AND x.y is not nan", '((odd name != "it\'s") and invert(is_nan(x.y)))'],
    ["a between 1 and 2 and b = true", "(((a >= 1) and (a <= 2)) and (b == true))"],
    ["not (a not in ('x') or a not between 1 and 2)", undefined],
    [
      "d >= date '2001-01-01' and id = 12345678901234567890",
      '((d >= "2001-01-01") and (id == 12345678901234567890))',
    ],
    ["größe > .5e3", "(größe > 500)"],
  ])("reads %s", (text, expected) => {
    const shown = parsePredicate(text).toString();
    if (expected !== undefined) expect(shown).toBe(expected);
  });

  it.each([
    "",
    "a =",
    "a = 1 b = 2",
    "a in ()",
    "a in (1",
    "a = 'open",
    "a ~ 1",
    "a = 1x",
    "(a = 1",
    "a not 1",
    "and = 1 or",
    "is null",
  ])("refuses %j", (text) => expect(() => parsePredicate(text)).toThrow(/of the predicate/));

  it("refuses what would exhaust the stack", () => {
    expect(() => parsePredicate(`${"(".repeat(100_000)}a = 1`)).toThrow(/levels/);
    expect(() => parsePredicate("not ".repeat(100_000))).toThrow(/levels/);
  });
});

/** A predicate over columns of one kind, and values for them. */
interface Kind {
  readonly type: DataType;
  readonly value: fc.Arbitrary<Scalar>;
  /** As a user writes it. */
  literal(value: Scalar): Scalar;
}

const kinds: Readonly<Record<string, Kind>> = {
  i: { type: new Int32(), value: fc.integer({ min: -4, max: 4 }), literal: (value) => value },
  l: {
    type: new Int64(),
    value: fc.oneof(
      fc.bigInt(-3n, 3n),
      fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n, 2n ** 32n, -(2n ** 32n)),
    ),
    literal: (value) => value,
  },
  u: {
    type: new Uint64(),
    value: fc.constantFrom(0n, 1n, 2n ** 32n, 2n ** 63n, 2n ** 64n - 1n),
    literal: (v) => v,
  },
  f: {
    type: new Float64(),
    value: fc.constantFrom(-1.5, -0, 0, 1, 2.5, Infinity, -Infinity, Number.NaN),
    literal: (value) => value,
  },
  s: {
    type: new Utf8(),
    value: fc.constantFrom("", "a", "ab", "b", "é", "\u{1F600}", "\uFFFD", "\u0000"),
    literal: (value) => value,
  },
  b: { type: new Bool(), value: fc.boolean(), literal: (value) => value },
};

const comparison: fc.Arbitrary<Predicate> = fc
  .constantFrom(...Object.entries(kinds))
  .chain(([name, kind]) =>
    fc.tuple(
      fc.constant(name),
      fc.constantFrom("eq", "ne", "lt", "le", "gt", "ge", "isIn", "isNull", "isNaN"),
      fc.array(kind.value, { minLength: 1, maxLength: 12 }),
    ),
  )
  .map(([name, how, values]) => {
    const column = col(name);
    if (how === "isNull" || (how === "isNaN" && name !== "f")) return column.isNull();
    if (how === "isNaN") return column.isNaN();
    if (how === "isIn") return column.isIn(values);
    const [value] = values;
    return value === undefined ? column.isNull() : column[how as "eq"](value);
  });
const predicate = arbitraryPredicate(comparison);
const rows = fc.array(
  fc.record(
    Object.fromEntries(
      Object.entries(kinds).map(([name, { value }]) => [name, fc.option(value, { freq: 4 })]),
    ),
  ),
  { maxLength: 12 },
);

describe("never loses a row", () => {
  it("keeps every container with a matching row, and claims all rows only where all match", () => {
    fc.assert(
      fc.property(predicate, rows, fc.boolean(), fc.boolean(), (asked, data, exact, counted) => {
        const known = new Map(
          Object.entries(kinds).map(([name, { type }]) => {
            const values = data
              .map((row) => row[name])
              .filter((value) => value !== null && value === value) as Scalar[];
            const sorted = values.toSorted(compareScalars);
            const nulls = data.filter((row) => row[name] === null).length;
            const [min, max] = [sorted[0], sorted.at(-1)];
            return [
              name,
              {
                type,
                bounds: {
                  rows: data.length,
                  // A cut text is a lower bound as it is, but not an upper one.
                  ...(min !== undefined && {
                    min: exact || typeof min !== "string" ? min : min.slice(0, 1) === min ? min : "",
                  }),
                  ...(max !== undefined && { max: exact || typeof max !== "string" ? max : "\u{10FFFF}" }),
                  minExact: exact,
                  maxExact: exact,
                  ...(counted && { nullCount: nulls, nanCount: data.length - nulls - values.length }),
                },
              },
            ] as const;
          }),
        );
        const { canBeTrue, canBeFalse, canBeNull } = asked.outcomes((path) => known.get(path));
        for (const row of data) {
          const value = asked.evaluate((path) => row[path]);
          expect(value === true ? canBeTrue : value === false ? canBeFalse : canBeNull).toBe(true);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it("gives each row of a batch the same value as alone", () => {
    fc.assert(
      fc.property(predicate, rows, (asked, data) => {
        const columns = new Map<string, Data>(
          Object.entries(kinds).map(([name, { type }]) => [
            name,
            vectorFromArray(
              data.map((row) => row[name] ?? null),
              type,
            ).data[0] ?? makeData({ type: type as never, length: 0 }),
          ]),
        );
        const mask = asked.mask((path) => columns.get(path)!, data.length);
        const expected = data.map((row) => {
          const value = asked.evaluate((path) => row[path]);
          return value === null ? 2 : Number(value);
        });
        expect([...mask]).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });
});
