import {
  Binary,
  Bool,
  DateDay,
  DateMillisecond,
  Decimal,
  Dictionary,
  DurationMicrosecond,
  Field,
  FixedSizeBinary,
  FixedSizeList,
  Float16,
  Float32,
  Float64,
  Int16,
  Int32,
  Int64,
  Int8,
  IntervalDayTime,
  IntervalYearMonth,
  LargeBinary,
  LargeUtf8,
  List,
  Struct,
  Table,
  tableFromIPC,
  tableToIPC,
  TimeMicrosecond,
  TimeSecond,
  TimestampNanosecond,
  TimestampSecond,
  Uint16,
  Uint32,
  Uint64,
  Uint8,
  Utf8,
  vectorFromArray,
  type DataType,
} from "apache-arrow";
import * as fc from "fast-check";

const int = (min: number, max: number) => fc.oneof(fc.constantFrom(0, 1, min, max), fc.integer({ min, max }));
const long = fc.oneof(
  fc.constantFrom(0n, 1n, -1n, -(2n ** 63n), 2n ** 63n - 1n, 2n ** 32n, -(2n ** 32n)),
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
);
const ulong = fc.oneof(fc.constantFrom(0n, 1n, 2n ** 63n, 2n ** 64n - 1n), fc.bigInt(0n, 2n ** 64n - 1n));
const float = fc.oneof(fc.constantFrom(0, -0, Number.NaN, Infinity, -Infinity, 1.5), fc.double());
const text = fc.oneof(fc.constantFrom("0", "", "00", "\u{1f600}", "é"), fc.string({ unit: "grapheme" }));
const words = (count: number) =>
  fc.oneof(
    fc.constant(new Uint32Array(count)),
    fc.array(fc.nat(2 ** 32 - 1), { minLength: count, maxLength: count }).map((all) => Uint32Array.from(all)),
  );

/** Every type that apache-arrow can build, with values that are awkward for it. */
export const TYPES: Readonly<Record<string, readonly [type: () => DataType, value: fc.Arbitrary<unknown>]>> =
  {
    int8: [() => new Int8(), int(-128, 127)],
    int16: [() => new Int16(), int(-32768, 32767)],
    int32: [() => new Int32(), int(-(2 ** 31), 2 ** 31 - 1)],
    int64: [() => new Int64(), long],
    uint8: [() => new Uint8(), int(0, 255)],
    uint16: [() => new Uint16(), int(0, 65535)],
    uint32: [() => new Uint32(), int(0, 2 ** 32 - 1)],
    uint64: [() => new Uint64(), ulong],
    halffloat: [() => new Float16(), fc.constantFrom(0, -0, 1.5, -2, 65504, Infinity, Number.NaN)],
    float: [() => new Float32(), float.map(Math.fround)],
    double: [() => new Float64(), float],
    "decimal128(20, 2)": [() => new Decimal(2, 20, 128), words(4)],
    "decimal256(50, 3)": [() => new Decimal(3, 50, 256), words(8)],
    string: [() => new Utf8(), text],
    large_string: [() => new LargeUtf8(), text],
    binary: [() => new Binary(), fc.uint8Array({ maxLength: 5 })],
    large_binary: [() => new LargeBinary(), fc.uint8Array({ maxLength: 5 })],
    "fixed_size_binary[2]": [() => new FixedSizeBinary(2), fc.uint8Array({ minLength: 2, maxLength: 2 })],
    "dictionary<values=string, indices=int32, ordered=0>": [
      () => new Dictionary(new Utf8(), new Int32()),
      text,
    ],
    "dictionary<values=int64, indices=int8, ordered=0>": [
      () => new Dictionary(new Int64(), new Int8()),
      fc.constantFrom(0n, 1n, 5n),
    ],
    bool: [() => new Bool(), fc.boolean()],
    "date32[day]": [
      () => new DateDay(),
      fc.integer({ min: -100_000, max: 100_000 }).map((day) => day * 86_400_000),
    ],
    "date64[ms]": [
      () => new DateMillisecond(),
      fc.integer({ min: -100_000, max: 100_000 }).map((day) => day * 86_400_000),
    ],
    "time32[s]": [() => new TimeSecond(), int(0, 86_399)],
    "time64[us]": [() => new TimeMicrosecond(), fc.bigInt(0n, 86_399_999_999n)],
    "timestamp[s]": [
      () => new TimestampSecond(),
      fc.integer({ min: -(10 ** 9), max: 10 ** 9 }).map((second) => second * 1000),
    ],
    "timestamp[ns, tz=UTC]": [
      () => new TimestampNanosecond("UTC"),
      fc.integer({ min: -(10 ** 9), max: 10 ** 9 }),
    ],
    "duration[us]": [() => new DurationMicrosecond(), long],
    month_interval: [() => new IntervalYearMonth(), fc.constant(Int32Array.of(1, 2))],
    day_time_interval: [() => new IntervalDayTime(), fc.constant(Int32Array.of(3, 4))],
    "list<item: int32>": [
      () => new List(new Field("item", new Int32(), true)),
      fc.array(fc.option(int(0, 5)), { maxLength: 3 }),
    ],
    "fixed_size_list<item: int32>[2]": [
      () => new FixedSizeList(2, new Field("item", new Int32(), true)),
      fc.tuple(int(0, 5), int(0, 5)),
    ],
    "struct<a: int32>": [() => new Struct([new Field("a", new Int32(), true)]), fc.record({ a: int(0, 5) })],
  };

/** A type of {@link TYPES}, and its values. */
export function typeAndValues(name: string): readonly [type: () => DataType, value: fc.Arbitrary<unknown>] {
  const found = TYPES[name];
  if (found === undefined) throw new Error(`no type ${name}`);
  return found;
}

/** One column `id` of a type: some values, cut into chunks, sliced, and through IPC where asked. */
export function arbitraryColumn(name: string): fc.Arbitrary<{ table: Table; length: number }> {
  const [type, value] = typeAndValues(name);
  return fc
    .record({
      // Over 64 rows, so that validity has whole words and a rest.
      values: fc.array(fc.option(value, { freq: 4 }), { maxLength: 90, size: "max" }),
      cut: fc.nat(90),
      from: fc.nat(40),
      ipc: fc.boolean(),
    })
    .map(({ values, cut, from, ipc }) => {
      const shared = type();
      const part = (some: readonly unknown[]) => new Table({ id: vectorFromArray(some, shared) } as never);
      const head = values.slice(0, cut);
      const tail = values.slice(cut);
      // A dictionary is one per column, so it is not cut into two of its own.
      const whole =
        head.length === 0 || tail.length === 0 || name.startsWith("dictionary")
          ? part(values)
          : part(head).concat(part(tail));
      const sent = ipc && values.length > 0 ? tableFromIPC(tableToIPC(whole)) : whole;
      // All rows of few, some of many.
      const table = sent.slice(values.length > from ? from : 0);
      return { table, length: table.numRows };
    });
}
