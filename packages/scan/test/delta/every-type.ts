import {
  Binary,
  Bool,
  DateDay,
  Decimal,
  Field,
  Float32,
  Float64,
  Int16,
  Int32,
  Int64,
  Int8,
  List,
  makeData,
  makeVector,
  Map_,
  Struct,
  Table,
  TimestampMicrosecond,
  Utf8,
  vectorFromArray,
  type Vector,
} from "apache-arrow";

/** A time with microseconds. */
export const MICROS = 1_700_000_000_123_456n;
const point = (rows: readonly (object | null)[]): Vector =>
  vectorFromArray(
    rows as { x: number; label: string }[],
    new Struct([new Field("x", new Int32(), true), new Field("label", new Utf8(), true)]) as never,
  );

/** Three rows of every type that Delta has: values, nulls, and what is smallest or odd. */
export function everyType(): Table {
  const timestamps = (values: bigint[], type: TimestampMicrosecond): Vector =>
    makeVector(makeData({ type, length: values.length, data: BigInt64Array.from(values) }));
  return new Table({
    string: vectorFromArray(["ä", null, "z".repeat(40)], new Utf8()),
    long: vectorFromArray([9007199254740993n, null, -(2n ** 63n)], new Int64()),
    integer: vectorFromArray([1, null, -2147483648], new Int32()),
    short: vectorFromArray([1, null, -32768], new Int16()),
    byte: vectorFromArray([1, null, -128], new Int8()),
    float: vectorFromArray([1.5, null, -0.25], new Float32()),
    double: vectorFromArray([0.1, null, Number.NaN], new Float64()),
    boolean: vectorFromArray([true, null, false], new Bool()),
    binary: vectorFromArray([Uint8Array.of(0, 255), null, Uint8Array.of()], new Binary()),
    date: makeVector(makeData({ type: new DateDay(), length: 3, data: Int32Array.of(19000, 0, -1) })),
    timestamp: timestamps([MICROS, 0n, -1n], new TimestampMicrosecond("UTC")),
    ntz: timestamps([MICROS, 0n, -1n], new TimestampMicrosecond()),
    small: decimals([12345n, 0n, -99999n], 5, 2),
    wide: decimals([12345678901234567890123456n, 0n, -12345678901234567890123456n], 30, 6),
    point: point([{ x: 1, label: "a" }, null, { x: null, label: null }]),
    list: vectorFromArray([[1, null], null, []], new List(new Field("item", new Int32(), true))),
    map: mapColumn(),
  });
}

function decimals(values: bigint[], precision: number, scale: number): Vector {
  const data = new Uint32Array(values.length * 4);
  values.forEach((value, i) => {
    for (let word = 0; word < 4; word++)
      data[i * 4 + word] = Number((BigInt.asUintN(128, value) >> BigInt(32 * word)) & 0xffffffffn);
  });
  return makeVector(makeData({ type: new Decimal(scale, precision, 128), length: values.length, data }));
}

function mapColumn(): Vector {
  const entries = new Field(
    "entries",
    new Struct<{ key: Utf8; value: Int32 }>([
      new Field("key", new Utf8(), false),
      new Field("value", new Int32(), true),
    ]),
    false,
  );
  return vectorFromArray(
    [
      new Map([["a", 1]]),
      new Map(),
      new Map([
        ["b", 2],
        ["c", 3],
      ]),
    ],
    new Map_(entries) as never,
  );
}
