import * as arrow from "apache-arrow";
import { parquetWriteBuffer } from "hyparquet-writer";
import { typeString } from "@pitot/tables";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  arrowSchema,
  bytesSource,
  type FileMetadata,
  fileSource,
  leafColumns,
  readFooter,
  type SchemaElement,
} from "../../src/index.ts";
import { type DuckdbFolder, duckdbFolder } from "./duckdb-file.ts";

let duckdb: DuckdbFolder;
beforeAll(async () => {
  duckdb = await duckdbFolder();
});
afterAll(() => duckdb[Symbol.dispose]());

const strings = (schema: arrow.Schema): string[] =>
  schema.fields.map(
    ({ name, type, nullable }) => `${name}: ${typeString(type)}${nullable ? "" : " not null"}`,
  );

const file = (schema: SchemaElement[], rest: Partial<FileMetadata> = {}): FileMetadata => ({
  version: 2,
  numRows: 0,
  rowGroups: [],
  schema: [{ name: "root", numChildren: roots(schema) }, ...schema],
  ...rest,
});

/** How many of the nodes are children of the root. */
function roots(schema: SchemaElement[]): number {
  let count = 0;
  for (let i = 0; i < schema.length; count++) {
    let left = 1;
    while (left > 0) left += (schema[i++]?.numChildren ?? 0) - 1;
  }
  return count;
}

describe("arrowSchema", () => {
  it("reads what DuckDB writes", async () => {
    const path = await duckdb.write(
      "types.parquet",
      `SELECT 1::TINYINT AS i8, 1::UBIGINT AS u64, 1.5::DECIMAL(10,2) AS dec, '2024-01-01'::DATE AS d, '10:00'::TIME AS t,
        now() AS ts, 'x' AS s, '\\x00'::BLOB AS b, [1, 2] AS l, {'a': 1, 'b': ['x']} AS st, MAP {'k': [1.5::FLOAT]} AS m,
        uuid() AS id, [[1]] AS ll`,
    );
    const { metadata } = await readFooter(fileSource(path));
    expect(strings(arrowSchema(metadata))).toEqual([
      "i8: int8",
      "u64: uint64",
      "dec: decimal128(10, 2)",
      "d: date32[day]",
      "t: time64[us]",
      "ts: timestamp[us, tz=UTC]",
      "s: string",
      "b: binary",
      "l: list<element: int32>",
      "st: struct<a: int32, b: list<element: string>>",
      "m: map<string, list<element: float> ('m')>",
      "id: fixed_size_binary[16]",
      "ll: list<element: list<element: int32>>",
    ]);
    expect(
      leafColumns(metadata)
        .map(({ path: leaf, maxDef, maxRep }) => [leaf, maxDef, maxRep])
        .slice(-5),
    ).toEqual([
      ["st.b.list.element", 4, 1],
      ["m.key_value.key", 2, 1],
      ["m.key_value.value.list.element", 5, 2],
      ["id", 1, 0],
      ["ll.list.element.list.element", 5, 2],
    ]);
  });

  it("keeps field ids and the file's own metadata", () => {
    const schema = arrowSchema(
      file([{ name: "a", type: "INT32", repetition: "OPTIONAL", fieldId: 7 }], {
        keyValueMetadata: [{ key: "owner", value: "x" }, { key: "flag" }],
      }),
    );
    expect(schema.fields[0]?.metadata).toEqual(new Map([["PARQUET:field_id", "7"]]));
    expect(schema.metadata).toEqual(
      new Map([
        ["owner", "x"],
        ["flag", ""],
      ]),
    );
  });

  it("reads the older shapes of lists and maps", () => {
    const int = (name: string, repetition: SchemaElement["repetition"]): SchemaElement => ({
      name,
      type: "INT32",
      repetition: repetition!,
    });
    const group = (
      name: string,
      repetition: "REQUIRED" | "OPTIONAL" | "REPEATED",
      numChildren: number,
      convertedType?: "LIST" | "MAP" | "MAP_KEY_VALUE",
    ): SchemaElement => ({
      name,
      repetition,
      numChildren,
      ...(convertedType !== undefined && { convertedType }),
    });
    const cases: [SchemaElement[], string][] = [
      [[int("a", "REPEATED")], "a: list<a: int32 not null> not null"],
      [[group("a", "OPTIONAL", 1, "LIST"), int("item", "REPEATED")], "a: list<item: int32 not null>"],
      [
        [group("a", "OPTIONAL", 1, "LIST"), group("list", "REPEATED", 1), int("element", "OPTIONAL")],
        "a: list<element: int32>",
      ],
      [
        [group("a", "OPTIONAL", 1, "LIST"), group("array", "REPEATED", 1), int("x", "OPTIONAL")],
        "a: list<array: struct<x: int32> not null>",
      ],
      [
        [group("a", "OPTIONAL", 1, "LIST"), group("a_tuple", "REPEATED", 1), int("x", "OPTIONAL")],
        "a: list<a_tuple: struct<x: int32> not null>",
      ],
      [
        [
          group("a", "OPTIONAL", 1, "LIST"),
          group("element", "REPEATED", 2),
          int("x", "OPTIONAL"),
          int("y", "REQUIRED"),
        ],
        "a: list<element: struct<x: int32, y: int32 not null> not null>",
      ],
      [
        [group("a", "OPTIONAL", 1, "LIST"), group("b", "REPEATED", 1), int("c", "REPEATED")],
        "a: list<b: list<c: int32 not null> not null>",
      ],
      [
        [group("g", "REPEATED", 1), int("x", "REQUIRED")],
        "g: list<g: struct<x: int32 not null> not null> not null",
      ],
      [
        [
          group("m", "OPTIONAL", 1, "MAP_KEY_VALUE"),
          group("map", "REPEATED", 2),
          int("k", "REQUIRED"),
          int("v", "OPTIONAL"),
        ],
        "m: map<int32 ('k'), int32 ('v') ('m')>",
      ],
      [
        [group("m", "OPTIONAL", 1, "MAP"), group("key_value", "REPEATED", 1), int("key", "REQUIRED")],
        "m: list<key: int32 not null>",
      ],
      [[group("empty", "OPTIONAL", 0)], "empty: struct<>"],
    ];
    for (const [schema, expected] of cases) expect(strings(arrowSchema(file(schema)))).toEqual([expected]);
    for (const broken of [
      [group("a", "OPTIONAL", 1, "LIST"), int("item", "OPTIONAL")],
      [group("a", "OPTIONAL", 2, "LIST"), int("x", "REPEATED"), int("y", "REPEATED")],
      [
        group("m", "OPTIONAL", 1, "MAP"),
        group("e", "REPEATED", 3),
        int("a", "REQUIRED"),
        int("b", "REQUIRED"),
        int("c", "REQUIRED"),
      ],
    ])
      expect(() => arrowSchema(file(broken))).toThrow(
        expect.objectContaining({ code: "INVALID_DATA" }) as Error,
      );
  });

  it("falls back to the physical type where an annotation does not fit it", () => {
    const leaf = (rest: Partial<SchemaElement>): SchemaElement => ({
      name: "a",
      repetition: "REQUIRED",
      ...rest,
    });
    for (const [element, type] of [
      [leaf({ type: "INT64", convertedType: "DATE" }), "int64"],
      [leaf({ type: "INT32", convertedType: "UTF8" }), "int32"],
      [leaf({ type: "BYTE_ARRAY", convertedType: "DECIMAL", precision: 80, scale: 2 }), "binary"],
      [leaf({ type: "INT32", convertedType: "DECIMAL", precision: 12, scale: 2 }), "int32"],
      [leaf({ type: "BYTE_ARRAY", logicalType: { type: "UNDEFINED", field: 99 } }), "binary"],
      [
        leaf({ type: "INT32", logicalType: { type: "UNDEFINED", field: 99 }, convertedType: "UINT_8" }),
        "uint8",
      ],
      [leaf({ type: "BYTE_ARRAY", convertedType: "ENUM" }), "binary"],
      [leaf({ type: "BYTE_ARRAY", convertedType: "JSON" }), "string"],
      [
        leaf({ type: "FIXED_LEN_BYTE_ARRAY", typeLength: 12, convertedType: "INTERVAL" }),
        "fixed_size_binary[12]",
      ],
      [leaf({ type: "INT96" }), "timestamp[ns]"],
      [leaf({ type: "INT64", convertedType: "TIMESTAMP_MILLIS" }), "timestamp[ms, tz=UTC]"],
      [leaf({ type: "BYTE_ARRAY", convertedType: "DECIMAL", precision: 50, scale: 2 }), "decimal256(50, 2)"],
      [leaf({ type: "INT32", logicalType: { type: "NULL" } }), "null"],
    ] as const)
      expect(strings(arrowSchema(file([element])))).toEqual([`a: ${type} not null`]);
  });
});

describe("a stored Arrow schema", () => {
  const stored = (schema: arrow.Schema): string => {
    const writer = arrow.RecordBatchStreamWriter.writeAll(new arrow.Table(schema));
    return Buffer.from(writer.toUint8Array(true)).toString("base64");
  };
  const restored = async (
    schema: arrow.Schema,
    elements: Parameters<typeof parquetWriteBuffer>[0]["columnData"],
  ): Promise<string[]> => {
    const bytes = parquetWriteBuffer({
      columnData: elements,
      kvMetadata: [{ key: "ARROW:schema", value: stored(schema) }],
    });
    const { metadata } = await readFooter(bytesSource(new Uint8Array(bytes)));
    const read = arrowSchema(metadata);
    expect(read.metadata.has("ARROW:schema")).toBe(false);
    return strings(read);
  };
  const fields = (types: Record<string, arrow.DataType>): arrow.Schema =>
    new arrow.Schema(Object.entries(types).map(([name, type]) => new arrow.Field(name, type, true)));

  it("gives back what Parquet cannot say, and only that", async () => {
    const types = fields({
      zone: new arrow.TimestampMicrosecond("Europe/Zurich"),
      elapsed: new arrow.DurationMillisecond(),
      word: new arrow.Dictionary(new arrow.Utf8(), new arrow.Int8(), 1, true),
      large: new arrow.LargeUtf8(),
      bytes: new arrow.LargeBinary(),
      // Parquet 1.0 wrote uint32 as int64, and that is what the file has.
      wide: new arrow.Uint32(),
      plain: new arrow.Int64(),
      local: new arrow.TimestampMicrosecond(null),
    });
    const when = [new Date(0)];
    expect(
      await restored(types, [
        { name: "zone", data: when, type: "TIMESTAMP" },
        { name: "elapsed", data: [1n], type: "INT64" },
        { name: "word", data: ["a"], type: "STRING" },
        { name: "large", data: ["a"], type: "STRING" },
        { name: "bytes", data: [new Uint8Array([1])], type: "BYTE_ARRAY" },
        { name: "wide", data: [1n], type: "INT64" },
        { name: "plain", data: [1], type: "INT32" },
        { name: "local", data: when, type: "TIMESTAMP" },
      ]),
    ).toEqual(
      [
        "zone: timestamp[ms, tz=Europe/Zurich]",
        "elapsed: duration[ms]",
        "word: dictionary<values=string, indices=int32, ordered=1>",
        "large: large_string",
        "bytes: large_binary",
        "wide: int64",
        "plain: int32",
        "local: timestamp[ms, tz=UTC]",
      ].map((text) => expect.stringContaining(text.replace(/ not null$/, "")) as string),
    );
  });

  it("reaches into lists, structs and maps, and keeps field metadata", () => {
    const item = (type: arrow.DataType, name = "element"): arrow.Field => new arrow.Field(name, type, true);
    const schema = new arrow.Schema(
      [
        new arrow.Field(
          "big",
          new arrow.LargeList(item(new arrow.LargeUtf8())) as arrow.DataType,
          true,
          new Map([["ARROW:extension:name", "my.type"]]),
        ),
        new arrow.Field("pair", new arrow.FixedSizeList(2, item(new arrow.DurationSecond())), true),
        new arrow.Field("group", new arrow.Struct([item(new arrow.LargeUtf8(), "x")]), true),
        new arrow.Field("amount", new arrow.Decimal(2, 9, 256), true),
      ],
      new Map([["pandas", "{}"]]),
    );
    const text = { type: "BYTE_ARRAY", convertedType: "UTF8", repetition: "OPTIONAL" } as const;
    const list = (name: string): SchemaElement[] => [
      { name, repetition: "OPTIONAL", numChildren: 1, convertedType: "LIST" },
      { name: "list", repetition: "REPEATED", numChildren: 1 },
    ];
    const read = arrowSchema(
      file(
        [
          ...list("big"),
          { name: "element", ...text },
          ...list("pair"),
          { name: "element", type: "INT64", repetition: "OPTIONAL" },
          { name: "group", repetition: "OPTIONAL", numChildren: 1 },
          { name: "x", ...text },
          {
            name: "amount",
            type: "INT32",
            repetition: "OPTIONAL",
            convertedType: "DECIMAL",
            precision: 9,
            scale: 2,
          },
        ],
        { keyValueMetadata: [{ key: "ARROW:schema", value: stored(schema) }] },
      ),
    );
    expect(strings(read)).toEqual([
      "big: large_list<element: large_string>",
      "pair: fixed_size_list<element: duration[s]>[2]",
      "group: struct<x: large_string>",
      "amount: decimal256(9, 2)",
    ]);
    expect(read.fields[0]?.metadata.get("ARROW:extension:name")).toBe("my.type");
    expect(read.metadata.get("pandas")).toBe("{}");
  });

  it("that is broken in any byte neither throws nor takes long", () => {
    const bytes = Buffer.from(
      stored(fields({ a: new arrow.TimestampMicrosecond("Europe/Zurich"), b: new arrow.LargeUtf8() })),
      "base64",
    );
    const elements: SchemaElement[] = [
      { name: "a", type: "INT64", repetition: "OPTIONAL" },
      { name: "b", type: "BYTE_ARRAY", repetition: "OPTIONAL" },
    ];
    const started = process.cpuUsage();
    for (let at = 0; at < bytes.length; at++)
      for (const change of [0x01, 0x80, 0xff]) {
        const broken = Buffer.from(bytes);
        broken.writeUInt8(broken.readUInt8(at) ^ change, at);
        const value = broken.toString("base64");
        expect(
          arrowSchema(file(elements, { keyValueMetadata: [{ key: "ARROW:schema", value }] })).fields,
        ).toHaveLength(2);
      }
    for (const value of ["", "AAAA", "not base64!", "/////w=="])
      expect(
        strings(arrowSchema(file(elements, { keyValueMetadata: [{ key: "ARROW:schema", value }] }))),
      ).toEqual(["a: int64", "b: binary"]);
    expect(process.cpuUsage(started).user / 1000 / (bytes.length * 3)).toBeLessThan(5);
  });
});
