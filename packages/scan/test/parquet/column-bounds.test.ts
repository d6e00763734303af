import { assert, nat, property, string } from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Decimal, Float16, Float64, Int64, Utf8 } from "apache-arrow";
import {
  columnBounds,
  fileSource,
  leafColumns,
  readFooter,
  type Scalar,
  scalarText,
} from "../../src/index.ts";
import { decodeBound, wasWidened } from "../../src/parquet/decode-bound.ts";
import { type DuckdbFolder, duckdbFolder } from "./duckdb-file.ts";

let duckdb: DuckdbFolder;
beforeAll(async () => {
  duckdb = await duckdbFolder();
});
afterAll(() => duckdb[Symbol.dispose]());

// Per DuckDB type: three values, the lowest first, and the bounds as they must come.
const TYPES: [type: string, low: string, middle: string, high: string, min: Scalar, max: Scalar][] = [
  ["BOOLEAN", "false", "false", "true", false, true],
  ["TINYINT", "-128", "0", "127", -128, 127],
  ["UTINYINT", "0", "7", "255", 0, 255],
  ["SMALLINT", "-32768", "0", "32767", -32768, 32767],
  ["USMALLINT", "0", "1", "65535", 0, 65535],
  ["INTEGER", "-2147483648", "5", "2147483647", -2147483648, 2147483647],
  ["UINTEGER", "0", "5", "4294967295", 0, 4294967295],
  ["BIGINT", "-9223372036854775808", "0", "9223372036854775807", -(2n ** 63n), 2n ** 63n - 1n],
  ["UBIGINT", "0", "5", "18446744073709551615", 0n, 2n ** 64n - 1n],
  ["BIGINT", "-9007199254740993", "-1", "9007199254740993", -9007199254740993n, 9007199254740993n],
  ["REAL", "-1.5", "0", "3.25", -1.5, 3.25],
  ["DOUBLE", "-1e300", "0.1", "1e300", -1e300, 1e300],
  ["DATE", "'1900-01-01'", "'1970-01-01'", "'2024-02-29'", -25567, 19782],
  ["TIME", "'00:00:00'", "'12:00:00'", "'23:59:59.999999'", 0n, 86_399_999_999n],
  [
    "TIMESTAMP",
    "'1900-01-01'",
    "'1970-01-01'",
    "'2024-02-29 12:34:56.789012'",
    -2208988800000000n,
    1709210096789012n,
  ],
  [
    "TIMESTAMPTZ",
    "'1970-01-01 00:00:00+00'",
    "'1970-01-02 00:00:00+00'",
    "'1970-01-03 00:00:00+00'",
    0n,
    172800000000n,
  ],
  ["TIMESTAMP_NS", "'1970-01-01'", "'1970-01-02'", "'1970-01-03 00:00:00.123456789'", 0n, 172800123456789n],
  ["TIMESTAMP_MS", "'1970-01-01'", "'1970-01-02'", "'1970-01-03 00:00:00.123'", 0n, 172800123n],
  ["DECIMAL(4,2)", "-99.99", "0", "99.99", -9999n, 9999n],
  [
    "DECIMAL(18,3)",
    "-123456789012345.678",
    "0",
    "123456789012345.678",
    -123456789012345678n,
    123456789012345678n,
  ],
  ["DECIMAL(38,2)", "-1234567890123456789012345678.90", "0", "1", -123456789012345678901234567890n, 100n],
  ["VARCHAR", "''", "'b'", "'é'", "", "é"],
  ["VARCHAR", "'\u{1F600}a'", "'\u{1F600}b'", "'\u{1F601}'", "\u{1F600}a", "\u{1F601}"],
];

describe("bounds of row groups", () => {
  it("are exact for every type that DuckDB writes", async () => {
    const columns = TYPES.map(([type], i) => `CAST(v${i} AS ${type}) AS c${i}`);
    const row = (which: 1 | 2 | 3): string => `(${TYPES.map((type) => type[which]).join(", ")})`;
    const names = TYPES.map((_, i) => `v${i}`).join(", ");
    // As texts, so that one list of rows has all types.
    const texts = (which: 1 | 2 | 3): string =>
      row(which).replace(/(?<=[(, ])(-?[\d.e]+|true|false)(?=[,)])/g, "'$1'");
    const path = await duckdb.write(
      "types.parquet",
      `SELECT ${columns.join(", ")} FROM (VALUES ${texts(2)}, ${texts(3)}, ${texts(1)}) t(${names})`,
    );
    const { metadata } = await readFooter(fileSource(path));
    const bounds = leafColumns(metadata).map((leaf) => columnBounds(metadata, 0, leaf));
    expect(bounds.map(({ min, max }) => [min, max])).toEqual(TYPES.map(([, , , , min, max]) => [min, max]));
    for (const { rows, nullCount, minExact, maxExact } of bounds)
      expect({ rows, nullCount, minExact, maxExact }).toEqual({
        rows: 3,
        nullCount: 0,
        minExact: true,
        maxExact: true,
      });
  });

  it("are absent for nulls, NaN and types without an order, and nulls are counted", async () => {
    const path = await duckdb.write(
      "nothing.parquet",
      `SELECT NULL::INTEGER AS nulls, 'NaN'::DOUBLE AS nan, CASE WHEN i = 1 THEN 'NaN'::DOUBLE ELSE 1 END AS some_nan,
        INTERVAL 1 DAY AS interval, [i, NULL] AS list FROM range(3) t(i)`,
    );
    const { metadata } = await readFooter(fileSource(path));
    const bounds = Object.fromEntries(
      leafColumns(metadata).map((leaf) => [leaf.path, columnBounds(metadata, 0, leaf)]),
    );
    expect(bounds["nulls"]).toEqual({ rows: 3, nullCount: 3, minExact: false, maxExact: false });
    for (const column of ["nan", "some_nan", "interval"]) {
      expect(bounds[column]?.min).toBe(undefined);
      expect(bounds[column]?.max).toBe(undefined);
    }
    expect(bounds["list.list.element"]).toMatchObject({ min: 0n, max: 2n, nullCount: 3 });
  });

  it("of decimals in bytes are not taken from writers that compared them wrong, unless both are the same", async () => {
    const path = await duckdb.write(
      "decimals.parquet",
      "SELECT i::DECIMAL(38,2) AS many, 5::DECIMAL(38,2) AS one, i::DECIMAL(9,2) AS small FROM range(-3, 3) t(i)",
    );
    const { metadata } = await readFooter(fileSource(path));
    for (const [createdBy, trusted] of [
      ["DuckDB version v1.5.6 (build 1)", true],
      ["parquet-cpp version 1.5.1-SNAPSHOT", false],
      ["parquet-cpp-arrow version 3.0.0", false],
      ["parquet-cpp-arrow version 4.0.0", true],
      ["parquet-cpp-arrow version 25.0.0", true],
      ["ClickHouse v25.7.1.1", false],
      ["ClickHouse v25.8.1.1", true],
      ["ClickHouse", false],
      // Right for a fixed length.
      ["parquet-rs version 56.0.0", true],
    ] as const) {
      const bounds = leafColumns(metadata).map((leaf) => columnBounds({ ...metadata, createdBy }, 0, leaf));
      expect(bounds.map(({ min, max }) => [min, max])).toEqual([
        trusted ? [-300n, 200n] : [undefined, undefined],
        [500n, 500n],
        [-300n, 200n],
      ]);
    }
    const varying = metadata.schema.map((element) =>
      element.name === "many" ? { ...element, type: "BYTE_ARRAY" as const } : element,
    );
    const rust = { ...metadata, schema: varying, createdBy: "parquet-rs version 56.0.0" };
    expect(columnBounds(rust, 0, leafColumns(rust).at(0)!).min).toBe(undefined);
  });

  it("are asked only of row groups and columns that are there", async () => {
    const path = await duckdb.write("one.parquet", "SELECT 1 AS a");
    const { metadata } = await readFooter(fileSource(path));
    const leaf = leafColumns(metadata).at(0)!;
    expect(() => columnBounds(metadata, 1, leaf)).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }) as Error,
    );
  });
});

describe("a bound that was cut", () => {
  it("within a character widens, so that no text is lost", () => {
    assert(
      property(string({ unit: "binary", minLength: 1 }), nat(40), (text, cut) => {
        const whole = Buffer.from(text);
        const prefix = whole.subarray(0, cut % (whole.length + 1));
        const lower = decodeBound("text", prefix, 0, prefix.length, false) as string;
        expect(Buffer.compare(Buffer.from(lower), prefix)).toBeLessThanOrEqual(0);
        const upper = decodeBound("text", prefix, 0, prefix.length, true) as string | undefined;
        if (upper !== undefined) expect(Buffer.compare(Buffer.from(upper), prefix)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it("and is of no character at all gives no upper bound", () => {
    const bytes = Uint8Array.of(0x61, 0xff, 0xff);
    expect(decodeBound("text", bytes, 0, 3, false)).toBe("a");
    expect(wasWidened()).toBe(true);
    expect(decodeBound("text", bytes, 0, 3, true)).toBe(undefined);
    const replaced = Buffer.from("a\uFFFDb\uFFFD");
    expect(decodeBound("text", replaced, 0, replaced.length, true)).toBe("a\uFFFDb\uFFFD");
    expect(wasWidened()).toBe(false);
    const half = Uint8Array.of(0x61, 0xc3);
    expect(decodeBound("text", half, 0, 2, true)).toBe("a\u{10FFFF}");
    expect(decodeBound("text", half, 0, 2, false)).toBe("a");
  });

  it("of the wrong length is none", () => {
    const bytes = new Uint8Array(9);
    for (const kind of [
      "boolean",
      "int32",
      "uint32",
      "bigInt32",
      "int64",
      "uint64",
      "float",
      "double",
      "float16",
    ] as const)
      expect(decodeBound(kind, bytes, 0, 9, false)).toBe(undefined);
    expect(decodeBound("decimalBytes", bytes, 0, 0, false)).toBe(undefined);
    expect(decodeBound("decimalBytes", Uint8Array.of(0xff, 0x00), 0, 2, false)).toBe(-256n);
  });
});

describe("scalarText", () => {
  it("prints values as pyarrow does", () => {
    const double = new Float64();
    for (const [value, text] of [
      [1, "1.0"],
      [0.1, "0.1"],
      [-0, "-0.0"],
      [1e16, "1e+16"],
      [1.5e300, "1.5e+300"],
      [123456789012345.6, "123456789012345.6"],
      [0.0001, "0.0001"],
      [0.00001, "1e-05"],
      [5e-324, "5e-324"],
      [Number.NaN, "nan"],
      [-Infinity, "-inf"],
    ] as const)
      expect(scalarText(value, double)).toBe(text);
    expect(scalarText(-5n, new Decimal(2, 10, 128))).toBe("-0.05");
    expect(scalarText(12345n, new Decimal(0, 10, 128))).toBe("12345");
    expect(scalarText(-(2n ** 63n), new Int64())).toBe("-9223372036854775808");
    expect(scalarText("é", new Utf8())).toBe("é");
    expect(scalarText(Uint8Array.of(0, 255), new Utf8())).toBe("00ff");
    expect(scalarText(true, new Utf8())).toBe("true");
    // All half floats, from their bytes and back.
    const bytes = new Uint8Array(2);
    for (let bits = 0; bits < 65536; bits++) {
      bytes[0] = bits & 255;
      bytes[1] = bits >> 8;
      const value = decodeBound("float16", bytes, 0, 2, false);
      if (value !== undefined)
        expect(scalarText(value, new Float16())).toBe(Buffer.from(bytes).toString("hex"));
    }
  });
});
