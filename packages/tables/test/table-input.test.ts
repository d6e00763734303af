import { createRequire } from "node:module";
import { tableFromArrays as flechetteTable, tableToIPC as flechetteIpc } from "@uwdata/flechette";
import { PitotError } from "@pitot/core";
import * as arrow from "apache-arrow";
import { describe, expect, it } from "vitest";
import {
  columnStatsTable,
  datasetStatsTable,
  isTableInput,
  measureStream,
  MISSING_DATASETS,
  profileStream,
  qualityFromIds,
  qualityFromPredicate,
  qualityFromStream,
  type TableInput,
} from "../src/index.ts";

const { Bool, Int32, Int64, makeData, Table, tableFromArrays, tableToIPC, Utf8, Utf8View, vectorFromArray } =
  arrow;
// The other build of the same library: its classes are not ours.
const commonJs = createRequire(import.meta.url)("apache-arrow") as typeof arrow;

const SPEC = { idCol: "id", entityKind: "NODE", issue: "INVALID_ID" };
const table = new Table({
  id: vectorFromArray([1, 0, null, 7], new Int32()),
  name: vectorFromArray(["a", null, null, "0"], new Utf8()),
});
const nulls = (input: TableInput): number[] =>
  [...columnStatsTable({ t: input }).getChild("null_count")!].map(Number);
const ids = (input: TableInput): unknown[] => [...(qualityFromIds(input, SPEC).getChild("entity_id") ?? [])];

/** The error of a call, which must be ours. */
function errorOf(call: () => unknown): PitotError {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(PitotError);
    return error as PitotError;
  }
  throw new Error("it did not fail");
}

describe("a table is read", () => {
  const foreign = commonJs.tableFromIPC(tableToIPC(table));
  it.each<[string, TableInput]>([
    ["from an apache-arrow table", table],
    ["from a record batch", table.batches.at(0)!],
    ["from a table of the CommonJS copy", foreign],
    ["from IPC stream bytes", tableToIPC(table, "stream")],
    ["from IPC file bytes", tableToIPC(table, "file")],
    ["from IPC bytes at an odd address", new Uint8Array([0, ...tableToIPC(table, "stream")]).subarray(1)],
    ["from an ArrayBuffer", Uint8Array.from(tableToIPC(table, "file")).buffer],
    [
      "from flechette's IPC stream",
      flechetteIpc(flechetteTable({ id: [1, 0, null, 7], name: ["a", null, null, "0"] }), {
        format: "stream",
      })!,
    ],
    [
      "from flechette's IPC file",
      flechetteIpc(flechetteTable({ id: [1, 0, null, 7], name: ["a", null, null, "0"] }), {
        format: "file",
      })!,
    ],
    ["from plain columns", { id: [1, 0, null, 7], name: ["a", null, undefined, "0"] }],
    ["from vectors by name", { id: table.getChild("id")!, name: table.getChild("name")! }],
  ])("%s", (_, input) => {
    expect(isTableInput(input)).toBe(true);
    expect(nulls(input)).toEqual([1, 2]);
    expect(ids(input)).toEqual(["0", null]);
    expect([
      ...qualityFromPredicate(input, SPEC, (row) => row.get("name") === "0").getChild("entity_id")!,
    ]).toEqual(["7"]);
  });

  it("from typed arrays, and names a plain string column a string", () => {
    const stats = columnStatsTable({
      t: { id: BigInt64Array.of(0n, 5n), ok: [true, null], name: ["x", "y"], none: [null, null] },
    });
    expect([...stats.getChild("type")!]).toEqual(["int64", "bool", "string", "null"]);
    expect(nulls({ none: [null, null] })).toEqual([2]);
  });

  it("without rows, without columns, with equal names, and with a thousand columns", () => {
    expect(
      datasetStatsTable({ t: new Table(table.schema) })
        .get(0)!
        .toJSON(),
    ).toMatchObject({ rows: 0n, columns: 2 });
    expect(ids(new Table(table.schema))).toEqual([]);
    expect(datasetStatsTable({ t: {} }).get(0)!.toJSON()).toMatchObject({ rows: 0n, columns: 0 });
    expect(datasetStatsTable({}).numRows).toBe(0);
    const twins = new arrow.Schema([
      new arrow.Field("id", new Int32(), true),
      new arrow.Field("id", new Utf8(), true),
    ]);
    const children = [
      vectorFromArray([0, null], new Int32()).data.at(0)!,
      vectorFromArray(["x", "y"], new Utf8()).data.at(0)!,
    ];
    const batch = new arrow.RecordBatch(
      twins,
      makeData({ type: new arrow.Struct(twins.fields), length: 2, nullCount: 0, children }),
    );
    expect(nulls(batch)).toEqual([1, 0]);
    expect(ids(batch)).toEqual(["0", null]);
    const wide = Object.fromEntries(
      Array.from({ length: 1000 }, (_, i) => [`column_${i}`, Int32Array.of(i)]),
    );
    expect(nulls(wide)).toHaveLength(1000);
  });

  it("where text is a view type", () => {
    const bytes = new Uint8Array(32);
    const view = new DataView(bytes.buffer);
    view.setInt32(0, 1, true);
    bytes[4] = 0x30;
    view.setInt32(16, 20, true);
    const long = Buffer.from("0".repeat(20));
    bytes.set(long.subarray(0, 4), 20);
    const data = makeData({
      type: new Utf8View(),
      length: 2,
      nullCount: 0,
      views: bytes,
      variadicBuffers: [long],
    } as never) as arrow.Data;
    const views = new Table({ id: new arrow.Vector([data]) } as never);
    expect(ids(views)).toEqual(["0"]);
    expect(columnStatsTable({ views }).getChild("type")!.get(0)).toBe("string_view");
  });

  it("leaves out what is missing, and names it", () => {
    const stats = datasetStatsTable({ table, gone: null, "also gone": null });
    expect(stats.numRows).toBe(1);
    expect(JSON.parse(stats.schema.metadata.get(MISSING_DATASETS)!)).toEqual(["gone", "also gone"]);
  });
});

describe("bad input is refused", () => {
  it("with the nearest of many columns", () => {
    const wide = Object.fromEntries(
      Array.from({ length: 50 }, (_, i) => [i === 30 ? "node_id" : `x${i}`, [1]]),
    );
    const error = errorOf(() => qualityFromIds(wide, { ...SPEC, idCol: "nodeid" }));
    expect(error.code).toBe("INVALID_ARGUMENT");
    expect(error.message).toMatch(/The nearest of 50 columns are: node_id, /);
  });

  it.each<[string, unknown, string]>([
    ["null", null, "INVALID_ARGUMENT"],
    ["text", "table", "INVALID_ARGUMENT"],
    ["columns of different lengths", { a: [1], b: [1, 2] }, "INVALID_ARGUMENT"],
    ["columns of mixed values", { a: ["x", 1] }, "INVALID_ARGUMENT"],
    ["a column that is no list", { a: 5 }, "INVALID_ARGUMENT"],
    ["no bytes", new Uint8Array(), "INVALID_DATA"],
    [
      "bytes of something else",
      Buffer.from("PAR1 this is not Arrow at all, but long enough"),
      "INVALID_DATA",
    ],
  ])("%s", (_, input, code) => {
    expect(
      errorOf(() => datasetStatsTable({ t: input === null ? (undefined as never) : (input as TableInput) }))
        .code,
    ).toBe(code);
  });

  it("IPC bytes cut off anywhere but between messages", () => {
    for (const format of ["stream", "file"] as const) {
      const bytes = tableToIPC(new Table([...table.batches, ...table.batches]), format);
      let whole = 0;
      for (let length = 0; length < bytes.length; length++)
        try {
          datasetStatsTable({ t: bytes.subarray(0, length) });
          whole++;
        } catch (error) {
          expect((error as PitotError).code).toBe("INVALID_DATA");
        }
      // A stream may lack its end marker, and is whole after the schema and after each batch; a file is whole only as a whole.
      expect(whole).toBe(format === "stream" ? 3 : 0);
    }
  });

  it.each<[string, () => arrow.Data]>([
    ["values", () => makeData({ type: new Int64(), length: 10, nullCount: 0, data: new BigInt64Array(3) })],
    [
      "values",
      () =>
        makeData({
          type: new Utf8(),
          length: 2,
          nullCount: 0,
          valueOffsets: Int32Array.of(0, 1, 99),
          data: new Uint8Array(3),
        }),
    ],
    [
      "offsets",
      () =>
        makeData({
          type: new Utf8(),
          length: 2,
          nullCount: 0,
          valueOffsets: Int32Array.of(0),
          data: new Uint8Array(3),
        }),
    ],
    [
      "validity bits",
      () =>
        makeData({
          type: new Int32(),
          length: 20,
          nullCount: 1,
          nullBitmap: new Uint8Array(1),
          data: new Int32Array(20),
        }),
    ],
    ["values", () => makeData({ type: new Bool(), length: 20, nullCount: 0, data: new Uint8Array(1) })],
  ])("%s that are too few for their rows", (buffer, make) => {
    const data = make();
    const schema = new arrow.Schema([new arrow.Field("id", data.type, true)]);
    const batch = new arrow.RecordBatch(
      schema,
      makeData({
        type: new arrow.Struct(schema.fields),
        length: data.length,
        nullCount: 0,
        children: [data],
      }),
    );
    const error = errorOf(() => columnStatsTable({ batch }));
    expect(error.code).toBe("INVALID_DATA");
    expect(error.message).toContain(`The ${buffer} of column id`);
  });

  it("of tables that are no quality tables, and takes invalid UTF-8 and lone surrogates as they are", () => {
    const broken = makeData({
      type: new Utf8(),
      length: 2,
      nullCount: 0,
      valueOffsets: Int32Array.of(0, 2, 3),
      data: Uint8Array.of(0xff, 0xfe, 0x30),
    });
    const column = { id: new arrow.Vector([broken]) };
    expect(ids(column)).toEqual(["0"]);
    expect(ids({ id: ["\ud800", "0"] })).toEqual(["0"]);
    const odd = qualityFromPredicate({ id: ["\ud800"] }, { ...SPEC, entityKind: "\udfff" }, () => true);
    expect(odd.toArray().map((row) => (row as { toJSON(): object }).toJSON())).toEqual([
      { entity_kind: "\ufffd", entity_id: "\ufffd", issue: "INVALID_ID", source_table: null },
    ]);
  });
});

describe("a stream of batches", () => {
  async function* stream(count: number, failAt = Infinity): AsyncGenerator<TableInput> {
    for (let i = 0; i < count; i++) {
      if (i === failAt) throw new Error("the connection is gone");
      yield i % 2 === 0 ? table.batches.at(0)! : tableToIPC(table);
    }
  }

  it("is measured and checked a batch at a time", async () => {
    const measured = await measureStream(stream(5));
    expect(nulls({})).toEqual([]);
    expect([...columnStatsTable({ measured }).getChild("null_count")!]).toEqual([5n, 10n]);
    expect(datasetStatsTable({ measured }).get(0)!.toJSON()).toEqual({
      ...datasetStatsTable({ measured: table }).get(0)!.toJSON(),
      rows: 20n,
    });
    const rows: number[] = [];
    for await (const found of qualityFromStream(stream(3), [SPEC], { ordinals: true }))
      rows.push(...[...found.getChild("row_ordinal")!].map(Number));
    expect(rows).toEqual([1, 2, 5, 6, 9, 10]);
  });

  it("keeps what came before it failed", async () => {
    let found = 0;
    const reading = (async () => {
      for await (const part of qualityFromStream(stream(5, 2), [SPEC])) found += part.numRows;
    })();
    await expect(reading).rejects.toMatchObject({ code: "IO", cause: new Error("the connection is gone") });
    expect(found).toBe(4);
    await expect(measureStream(stream(5, 2))).rejects.toMatchObject({
      code: "IO",
      value: { rows: 8, nullCounts: [2, 4] },
    });
    await expect(measureStream(stream(5, 2))).rejects.toThrow("8 rows of 2 columns");
    await expect(measureStream(stream(0))).rejects.toThrow("has no schema");
    await expect(measureStream([table, { other: [1] }])).rejects.toMatchObject({ code: "INVALID_DATA" });
    await expect(profileStream(stream(5, 2))).rejects.toMatchObject({
      code: "IO",
      value: [
        { name: "id", profile: { rows: 8, nullCount: 2 } },
        { name: "name", profile: { rows: 8, nullCount: 4 } },
      ],
    });
  });

  it("that fails by a promise, or fails to close too, is told as one", async () => {
    const gone = new Error("the connection is gone");
    await expect(measureStream([Promise.reject(gone)] as never)).rejects.toMatchObject({
      code: "IO",
      cause: gone,
    });
    const batches = {
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.reject(gone),
        return: () => Promise.reject(new Error("cannot be closed")),
      }),
    };
    await expect(measureStream(batches)).rejects.toMatchObject({ code: "IO", cause: gone });
  });

  it("has its checks looked at before its batches", async () => {
    const none = qualityFromStream(stream(0), [{ idCol: "id" } as never]);
    await expect(none.next()).rejects.toThrow("A check has no entityKind");
  });

  it("is closed when its reader stops", async () => {
    let closed = false;
    const batches = (async function* () {
      try {
        for (;;) yield table;
      } finally {
        closed = true;
      }
    })();
    for await (const _ of qualityFromStream(batches, [SPEC])) break;
    expect(closed).toBe(true);
  });
});

it("finds rows by ordinal in tables of other copies and sizes", () => {
  const many = tableFromArrays({ id: Int32Array.from({ length: 200_000 }, (_, i) => i % 2) });
  const found = qualityFromIds(many, SPEC, { ordinals: true });
  expect(found.numRows).toBe(100_000);
  expect(found.getChild("row_ordinal")!.get(99_999)).toBe(199_998n);
  expect(found.get(99_999)!.toJSON()).toMatchObject({
    entity_kind: "NODE",
    entity_id: "0",
    issue: "INVALID_ID",
    source_table: null,
  });
});
