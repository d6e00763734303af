// Bounds by column: blocks of containers must leave out nothing that one of them keeps, and bounds read from bytes are those of the JSON.
import {
  DateDay,
  Decimal,
  Float64,
  Int32,
  Int64,
  TimestampMicrosecond,
  Utf8,
  type DataType,
} from "apache-arrow";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { dateAt, doubleAt, scaledAt, timestampAt, wholeAt } from "../src/delta/bound-bytes.ts";
import { parseExactJson } from "../src/delta/exact-json.ts";
import { statisticsBound } from "../src/delta/log-statistics.ts";
import {
  boundsOfBlocks,
  boundsSlice,
  HAS_NULLS,
  HAS_VALUES,
  IS_UNKNOWN,
  type BoundsColumn,
} from "../src/predicate/bounds-columns.ts";
import { arbitraryComparison, arbitraryPredicate } from "./arbitrary-predicate.ts";

const VALUES = ["", "a", "b", "\uFFFD", "\u{1F600}"];
const facts = fc.constantFrom(HAS_VALUES, HAS_NULLS, HAS_VALUES | HAS_NULLS, IS_UNKNOWN);
const number = fc.constantFrom(Number.NaN, -3, 0, 2, 7);
const place = fc.integer({ min: -1, max: VALUES.length - 1 });
const container = fc.record({ facts, low: number, high: number, first: place, last: place });

const predicate = arbitraryPredicate(
  arbitraryComparison(
    fc.oneof(
      fc.tuple(fc.constant("n"), fc.constantFrom(-3, 0, 1, 7)),
      fc.tuple(fc.constant("s"), fc.constantFrom("", "a", "aa", "\uFFFD", "\u{1F600}")),
    ),
  ),
);

it("leaves out a block only where it leaves out all that is in it", () => {
  let [left, kept] = [0, 0];
  fc.assert(
    fc.property(
      fc.array(container, { minLength: 1, maxLength: 12, size: "max" }),
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom<DataType>(new Int32(), new Float64()),
      fc.boolean(),
      predicate,
      (containers, size, type, exact, predicate) => {
        const all = Uint8Array.from(containers, (each) => each.facts);
        const numbers = {
          kind: "numbers" as const,
          type,
          facts: all,
          exact,
          min: Float64Array.from(containers, ({ low, high }) => Math.min(low, high)),
          max: Float64Array.from(containers, ({ low, high }) => Math.max(low, high)),
        };
        const texts = {
          kind: "texts" as const,
          type: new Utf8(),
          facts: all,
          exact: false,
          // Both are in order, as they are where they do not contradict each other.
          min: Int32Array.from(containers, ({ first, last }) =>
            first < 0 ? -1 : Math.min(first, Math.max(last, first)),
          ),
          max: Int32Array.from(containers, ({ first, last }) => (last < 0 ? -1 : Math.max(first, last))),
          values: VALUES,
        };
        const columns = new Map<string, typeof numbers | typeof texts>([
          ["n", numbers],
          ["s", texts],
        ]);
        const part = (from: number, column: BoundsColumn | undefined): BoundsColumn | undefined =>
          column && boundsSlice(column, from, containers.length);
        const length = containers.length;
        const one = predicate.outcomesOfMany({ length, column: (path) => columns.get(path) });
        const blocks = predicate.outcomesOfMany({
          length: Math.ceil(length / size),
          column: (path) => {
            const column = columns.get(path);
            return column && boundsOfBlocks(column, size);
          },
        });
        one.forEach((bits, i) => {
          const block = blocks[Math.floor(i / size)]!;
          expect(block & bits).toBe(bits);
          if ((block & 1) === 0) left++;
          else kept++;
        });
        const rest = predicate.outcomesOfMany({
          length: length - 1,
          column: (path) => part(1, columns.get(path)),
        });
        expect(rest).toEqual(one.subarray(1));
      },
    ),
    { numRuns: 1000 },
  );
  expect(left).toBeGreaterThan(100);
  expect(kept).toBeGreaterThan(100);
});

const digits = fc.stringMatching(/^-?[0-9]{0,17}(\.[0-9]{0,8})?(e[0-9])?$/);
const iso = fc.oneof(
  fc
    .date({
      min: new Date("0900-01-01T00:00:00Z"),
      max: new Date("9999-12-31T00:00:00Z"),
      noInvalidDate: true,
    })
    .map((date) => JSON.stringify(date)),
  fc
    .tuple(fc.integer({ min: 1999, max: 2001 }), fc.nat(13), fc.nat(32), fc.nat(24), fc.nat(60), fc.nat(60))
    .map(([year, ...rest]) => {
      const [month, day, hour, minute, second] = rest.map((part) => String(part).padStart(2, "0"));
      return `"${year}-${month}-${day}T${hour}:${minute}:${second}.123456Z"`;
    }),
);
const bytesOf = (text: string): Uint8Array => Buffer.from(`,${text},`);

it.each<[string, DataType, fc.Arbitrary<string>, (bytes: Uint8Array, start: number, end: number) => number]>([
  ["whole numbers", new Int64(), digits, wholeAt],
  ["doubles", new Float64(), digits, doubleAt],
  ["decimals", new Decimal(3, 30, 128), digits, (bytes, start, end) => scaledAt(bytes, start, end, 3)],
  ["dates", new DateDay(), iso.map((text) => `${text.slice(0, 11)}"`), dateAt],
  [
    "timestamps",
    new TimestampMicrosecond("UTC"),
    iso,
    (bytes, start, end) => timestampAt(bytes, start, end, true),
  ],
  [
    "timestamps without zone",
    new TimestampMicrosecond(),
    iso.map((text) => text.replace("Z", "")),
    (bytes, start, end) => timestampAt(bytes, start, end, false),
  ],
])("reads %s from bytes as from JSON", (_, type, text, read) => {
  let fast = 0;
  fc.assert(
    fc.property(text, (text) => {
      const bytes = bytesOf(text);
      const value = read(bytes, 1, bytes.length - 1);
      if (Number.isNaN(value)) return;
      fast++;
      const scalar = statisticsBound(parseExactJson(text), type, false);
      // The sign of a zero bounds nothing.
      expect(value + 0).toBe(Number(scalar) + 0);
    }),
    { numRuns: 1000, examples: text === digits ? [["-0"]] : [] },
  );
  expect(fast).toBeGreaterThan(100);
});
