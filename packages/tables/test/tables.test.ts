import { execFileSync } from "node:child_process";
import { DiagnosticsCollector } from "@pitot/core";
import {
  Bool,
  Decimal,
  Dictionary,
  Field,
  Float64,
  Int32,
  Int64,
  makeVector,
  Schema,
  Table,
  tableFromArrays,
  tableFromIPC,
  Uint16,
  Utf8,
  Vector,
  vectorFromArray,
} from "apache-arrow";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  checkContract,
  COLUMN_STATS_SCHEMA,
  columnStatsTable,
  concatQualityTables,
  DATASET_STATS_SCHEMA,
  datasetStatsTable,
  emptyQualityTable,
  QUALITY_SCHEMA,
  qualityFromIds,
  qualityFromPlans,
  qualityGroups,
  recordDatasets,
  recordQualityTable,
  schemaFingerprint,
  tableSummary,
  typeString,
} from "../src/index.ts";

const shape = (schema: Schema) =>
  schema.fields.map(
    ({ name, type, nullable }) => `${name}: ${typeString(type)}${nullable ? "" : " not null"}`,
  );
const rows = (table: Table) =>
  table.toArray().map((row) => Object.values((row as { toJSON(): object }).toJSON()));
const SPEC = { idCol: "id", entityKind: "NODE", issue: "INVALID_ID", sourceTable: "nodes" };

it("has the canonical schemas field for field", () => {
  expect(shape(DATASET_STATS_SCHEMA)).toEqual([
    "dataset_name: string",
    "rows: int64",
    "columns: int32",
    "schema_fingerprint: string",
  ]);
  expect(shape(COLUMN_STATS_SCHEMA)).toEqual([
    "dataset_name: string",
    "column_name: string",
    "type: string",
    "null_count: int64",
  ]);
  expect(shape(QUALITY_SCHEMA)).toEqual([
    "entity_kind: string not null",
    "entity_id: string",
    "issue: string not null",
    "source_table: string",
  ]);
});

describe("statistics", () => {
  const nodes = tableFromArrays({ id: Int32Array.of(1, 2, 3), name: ["a", null, "a"] });

  it("describe datasets and columns, and skip what is missing", () => {
    expect(rows(datasetStatsTable({ nodes, gone: null }))).toEqual([
      ["nodes", 3n, 2, schemaFingerprint(nodes.schema)],
    ]);
    expect(rows(columnStatsTable({ nodes, gone: null }))).toEqual([
      ["nodes", "id", "int32", 0n],
      ["nodes", "name", "dictionary<values=string, indices=int32, ordered=0>", 1n],
    ]);
    expect(tableSummary(nodes)).toMatchObject({
      rows: 3,
      columns: 2,
      schemaFingerprint: schemaFingerprint(nodes.schema),
    });
  });

  it("count nulls exactly in slices and chunks (property)", () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.string()), { maxLength: 80, size: "max" }),
        fc.array(fc.option(fc.string()), { maxLength: 80, size: "max" }),
        fc.nat(100),
        fc.nat(100),
        (a, b, from, count) => {
          const table = (values: (string | null)[]) => new Table({ x: vectorFromArray(values, new Utf8()) });
          const both = table(a)
            .concat(table(b))
            .slice(from, from + count);
          const expected = [...a, ...b].slice(from, from + count).filter((value) => value === null).length;
          expect(rows(columnStatsTable({ both }))[0]?.[3]).toBe(BigInt(expected));
        },
      ),
    );
  });

  it("count the nulls among a dictionary's values", () => {
    const dictionary = vectorFromArray(["a", null], new Utf8());
    const column = makeVector({
      type: new Dictionary(new Utf8(), new Int32()),
      data: Int32Array.of(0, 1, 1),
      dictionary,
    } as never);
    expect(rows(columnStatsTable({ t: new Table({ column }) }))[0]?.[3]).toBe(2n);
  });

  it("fingerprint equal schemas alike, whatever their metadata's order", () => {
    const make = (metadata: [string, string][], nullable = true) =>
      new Schema([new Field("a", new Int64(), nullable, new Map(metadata))]);
    expect(
      schemaFingerprint(
        make([
          ["x", "1"],
          ["y", "2"],
        ]),
      ),
    ).toBe(
      schemaFingerprint(
        make([
          ["y", "2"],
          ["x", "1"],
        ]),
      ),
    );
    expect(schemaFingerprint(make([]))).not.toBe(schemaFingerprint(make([], false)));
    // Pinned: it must be the same in every process and version.
    expect(schemaFingerprint(make([]))).toMatchInlineSnapshot(
      `"549982abcf7076881f22126a31fb1679f762ae0ec2157ce2b55c2791de0baa42"`,
    );
  });
});

describe("type strings", () => {
  it("are pyarrow's", (context) => {
    const python = process.env["PITOT_PYTHON"] ?? "python3";
    const script = `
import sys, json, base64, pyarrow as pa
types = [pa.null(), pa.bool_(), pa.int8(), pa.uint16(), pa.int64(), pa.float16(), pa.float32(), pa.float64(), pa.string(), pa.large_string(), pa.binary(), pa.large_binary(), pa.binary(16),
  pa.decimal128(10, 2), pa.decimal256(50, 3), pa.date32(), pa.date64(), pa.time32('s'), pa.time64('us'), pa.timestamp('us', tz='UTC'), pa.timestamp('ns'), pa.duration('ms'),
  pa.list_(pa.field('element', pa.string())), pa.list_(pa.int32()), pa.list_(pa.int8(), 3), pa.struct([('a', pa.int32()), ('b', pa.list_(pa.string()))]), pa.map_(pa.string(), pa.int32()), pa.dictionary(pa.int32(), pa.string())]
schema = pa.schema([pa.field(str(i), t) for i, t in enumerate(types)])
sink = pa.BufferOutputStream()
pa.ipc.new_stream(sink, schema).close()
print(json.dumps({"ipc": base64.b64encode(sink.getvalue().to_pybytes()).decode(), "types": [str(t) for t in types]}))`;
    let output: string;
    try {
      output = execFileSync(python, ["-c", script], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      });
    } catch {
      context.skip("pyarrow is not importable; PITOT_PYTHON names a Python that has it");
      return;
    }
    const { ipc, types } = JSON.parse(output) as { ipc: string; types: string[] };
    const { schema } = tableFromIPC(Buffer.from(ipc, "base64"));
    expect(schema.fields.map(({ type }) => typeString(type))).toEqual(types);
  });
});

describe("quality rows", () => {
  it.each([
    ["int32", vectorFromArray([1, 0, null], new Int32()), ["0", null]],
    ["int64", vectorFromArray([1n, 0n, null, 0n], new Int64()), ["0", null, "0"]],
    ["int64 without nulls", vectorFromArray([1n, 0n, 2n ** 62n], new Int64()), ["0"]],
    ["uint16", vectorFromArray([0, 7], new Uint16()), ["0"]],
    ["double with -0 and NaN", vectorFromArray([-0, Number.NaN, 1], new Float64()), ["0"]],
    ["string", vectorFromArray(["0", "00", "", null], new Utf8()), ["0", null]],
    ["dictionary", vectorFromArray(["0", "a", null, "0"]), ["0", null, "0"]],
    [
      "decimal",
      vectorFromArray([Uint32Array.of(0, 0, 0, 0), Uint32Array.of(1, 0, 0, 0)], new Decimal(2, 10, 128)),
      ["0"],
    ],
  ])("are found among ids of %s", (_, id, expected) => {
    const found = qualityFromIds(new Table({ id } as never), SPEC);
    expect(rows(found)).toEqual(expected.map((value) => ["NODE", value, "INVALID_ID", "nodes"]));
    expect(shape(found.schema)).toEqual(shape(QUALITY_SCHEMA));
  });

  it("agree with a scalar look at every value, sliced and chunked (property)", () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.bigInt({ min: -2n, max: 2n })), { maxLength: 80, size: "max" }),
        fc.nat(80),
        (values, cut) => {
          const table = (part: (bigint | null)[]) => new Table({ id: vectorFromArray(part, new Int64()) });
          const both = table(values.slice(0, cut))
            .concat(table(values.slice(cut)))
            .slice(1);
          const expected = values
            .slice(1)
            .filter((value) => value === null || value === 0n)
            .map((value) => (value === null ? null : "0"));
          expect(rows(qualityFromIds(both, SPEC)).map(([, id]) => id)).toEqual(expected);
        },
      ),
    );
  });

  it("say which column is not there, or holds no ids", () => {
    const table = new Table({ flag: vectorFromArray([true], new Bool()) });
    expect(() => qualityFromIds(table, SPEC)).toThrow('There is no such column: "id". Columns are: flag.');
    expect(() => qualityFromIds(table, { ...SPEC, idCol: "flag" })).toThrow(
      'Column flag is of a type that holds no ids: "bool"',
    );
  });

  it("come together, also of none", () => {
    expect(concatQualityTables([]).numRows).toBe(0);
    expect(shape(emptyQualityTable().schema)).toEqual(shape(QUALITY_SCHEMA));
    const table = tableFromArrays({ id: Int32Array.of(0), other: Int32Array.of(0) });
    expect(qualityFromPlans(table, [SPEC, { ...SPEC, idCol: "other" }]).numRows).toBe(2);
    expect(() => concatQualityTables([table])).toThrow("This is not a quality table");
  });

  it("keep their rows together where each column is cut in a way of its own (property)", () => {
    const cells = ["NODE", "EDGE", "WAY"];
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...cells), { minLength: 1, maxLength: 12 }),
        fc.array(fc.array(fc.nat(12), { maxLength: 3 }), { minLength: 4, maxLength: 4 }),
        (kinds, cuts) => {
          const cut = (values: string[], at: number[]): Vector => {
            const ends = [...new Set([...at.filter((end) => end > 0 && end < values.length), values.length])];
            const parts = ends
              .toSorted((a, b) => a - b)
              .map((end, i, all) => values.slice(all[i - 1] ?? 0, end));
            return new Vector(parts.map((part) => vectorFromArray(part, new Utf8()).data[0]!));
          };
          const columns = {
            entity_kind: cut(kinds, cuts[0]!),
            entity_id: cut(
              kinds.map((_, i) => String(i)),
              cuts[1]!,
            ),
            issue: cut(
              kinds.map((kind) => `BAD_${kind}`),
              cuts[2]!,
            ),
            source_table: cut(
              kinds.map((kind) => kind.toLowerCase()),
              cuts[3]!,
            ),
          };
          const expected = kinds.map((kind, i) => [kind, String(i), `BAD_${kind}`, kind.toLowerCase()]);
          expect(rows(concatQualityTables([columns]))).toEqual(expected);
          expect(
            qualityGroups(columns).map(({ entityKind, issue, sourceTable, rows: count }) => [
              entityKind,
              issue,
              sourceTable,
              count,
            ]),
          ).toEqual(
            [...new Set(kinds)].map((kind) => [
              kind,
              `BAD_${kind}`,
              kind.toLowerCase(),
              kinds.filter((each) => each === kind).length,
            ]),
          );
        },
      ),
    );
  });
});

it("checks contracts", () => {
  const schema = new Schema(
    [new Field("a", new Int32(), true), new Field("b", new Utf8(), true)],
    new Map([["v", "1"]]),
  );
  const contract = {
    tableName: "t",
    exact: true,
    metadata: { v: "2" },
    columns: [
      { name: "a", type: "int64", nullable: false },
      { name: "c", type: "string" },
    ],
  };
  expect(
    checkContract(schema, contract).map(({ violationType, columnName }) => [violationType, columnName]),
  ).toEqual([
    ["type_mismatch", "a"],
    ["nullability_mismatch", "a"],
    ["missing_column", "c"],
    ["extra_column", "b"],
    ["metadata_mismatch", undefined],
  ]);
  expect(checkContract(null, contract)).toEqual([{ violationType: "missing_table", tableName: "t" }]);
});

it("records what it found", () => {
  const sink = new DiagnosticsCollector();
  const table = tableFromArrays({ id: Int32Array.of(0, 5) });
  recordQualityTable(sink, qualityFromIds(table, SPEC));
  recordDatasets(sink, { table });
  expect(sink.qualitySnapshot()).toEqual([
    { entity_kind: "NODE", entity_id: "0", issue: "INVALID_ID", source_table: "nodes" },
  ]);
  expect(sink.eventsSnapshot()["dataset_stats_v1"]).toMatchObject([
    { dataset_name: "table", rows: 2, columns: 1 },
  ]);
  expect(sink.eventsSnapshot()["column_stats_v1"]).toHaveLength(1);
});
