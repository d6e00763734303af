import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { tableFromIPC, tableToIPC } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { columnStatsTable, qualityFromIds, schemaFingerprint, typeString } from "../src/index.ts";

const python = process.env["PITOT_PYTHON"];
const data = process.env["PITOT_CONFORMANCE_DATA"];
if (python === undefined)
  console.warn("pyarrow is not compared with: PITOT_PYTHON names a Python that has it");
if (data === undefined)
  console.warn("no schemas of Parquet files are looked at: PITOT_CONFORMANCE_DATA names their folder");

/** What a Python script prints, as JSON. */
function ask(script: string, input?: Uint8Array): unknown {
  return JSON.parse(execFileSync(python!, ["-c", script], { input, maxBuffer: 2 ** 28 }).toString());
}

describe.skipIf(python === undefined)("pyarrow", () => {
  it("prints types as we do, and its batches have the nulls that we count", () => {
    const { ipc, types, nulls, unread } = ask(`
import json, base64, decimal, datetime, pyarrow as pa
D = decimal.Decimal
columns = [
  pa.nulls(3), pa.array([True, None, False]), pa.array([1, None, 2], pa.int8()), pa.array([1, None, 2], pa.uint64()),
  pa.array([1.5, None, 2], pa.float16()), pa.array([1.5, None, 2], pa.float32()), pa.array(["a", None, "0"]), pa.array(["a", None, "0"], pa.large_string()),
  pa.array(["a", None, "0" * 20], pa.string_view()), pa.array([b"a", None, b"0" * 20], pa.binary_view()), pa.array([b"a", None, b"0"], pa.large_binary()), pa.array([b"ab", None, b"cd"], pa.binary(2)),
  pa.array([D("1.25"), None, D("0")], pa.decimal128(10, 2)), pa.array([D("1.250"), None, D("0")], pa.decimal256(50, 3)),
  pa.array([1, None, 2], pa.date32()), pa.array([0, None, 86400000], pa.date64()), pa.array([1, None, 2], pa.time32("ms")), pa.array([1, None, 2], pa.time64("ns")),
  pa.array([1, None, 2], pa.timestamp("us", tz="Europe/Berlin")), pa.array([1, None, 2], pa.duration("ms")), pa.array([None, None, (1, 2, 3)], pa.month_day_nano_interval()),
  pa.array([[1], None, []], pa.list_(pa.int32())), pa.array([[1], None, []], pa.list_(pa.field("element", pa.int32(), nullable=False))), pa.array([[1], None, []], pa.large_list(pa.int32())), pa.array([[1, 2], None, [3, 4]], pa.list_(pa.int8(), 2)),
  pa.array([{"a": 1}, None, {"a": None}], pa.struct([pa.field("a", pa.int32(), nullable=False), pa.field("b", pa.list_(pa.string()))])),
  pa.array([[("k", 1)], None, []], pa.map_(pa.string(), pa.int32())), pa.array([[("k", 1)], None, []], pa.map_(pa.string(), pa.int32(), keys_sorted=True)),
  pa.array(["x", None, "x"]).dictionary_encode(), pa.DictionaryArray.from_arrays(pa.array([0, 1, None], pa.int8()), pa.array(["x", None])), pa.DictionaryArray.from_arrays(pa.array([0, 0, 1], pa.uint16()), pa.array([5, 6]), ordered=True),
  pa.UnionArray.from_sparse(pa.array([0, 1, 0], pa.int8()), [pa.array([1, None, None]), pa.array(["a", None, "c"])]), pa.UnionArray.from_dense(pa.array([0, 1, 0], pa.int8()), pa.array([0, 0, 1], pa.int32()), [pa.array([1, None]), pa.array(["a"])]),
]
unread = []
table = pa.table(columns, names=[str(i) for i in range(len(columns))]).slice(1)
sink = pa.BufferOutputStream()
with pa.ipc.new_stream(sink, table.schema) as out: out.write_table(table)
def null(v):
  if not v.is_valid: return True
  if pa.types.is_union(v.type): return v.value is None or not v.value.is_valid
  if pa.types.is_dictionary(v.type): return not v.type.value_type == v.value.type or not v.value.is_valid
  return False
logical = [sum(1 for v in c if null(v)) for c in table.columns]
for t in [pa.run_end_encoded(pa.int32(), pa.int64()), pa.list_view(pa.int32())]:
  sink2 = pa.BufferOutputStream()
  with pa.ipc.new_stream(sink2, pa.schema([("x", t)])) as out: pass
  unread.append(base64.b64encode(sink2.getvalue().to_pybytes()).decode())
print(json.dumps({"ipc": base64.b64encode(sink.getvalue().to_pybytes()).decode(), "types": [str(c.type) for c in columns], "nulls": logical, "unread": unread}))`) as {
      ipc: string;
      types: string[];
      nulls: number[];
      unread: string[];
    };
    const stats = columnStatsTable({ t: Buffer.from(ipc, "base64") });
    expect([...stats.getChild("type")!]).toEqual(types);
    expect([...stats.getChild("null_count")!].map(Number)).toEqual(nulls);
    for (const bytes of unread)
      expect(() => columnStatsTable({ t: Buffer.from(bytes, "base64") })).toThrow(
        "apache-arrow does not read this Arrow IPC data",
      );
  });

  it("reads our quality tables, field for field", () => {
    const id = Int32Array.from({ length: 70_000 }, (_, i) => i % 35_000);
    const quality = qualityFromIds(
      { id },
      { idCol: "id", entityKind: "NÖDE", issue: "INVALID_ID" },
      { ordinals: true },
    );
    expect(
      ask(
        `
import sys, json, pyarrow as pa
t = pa.ipc.open_stream(sys.stdin.buffer).read_all()
t.validate(full=True)
print(json.dumps({"schema": [str(f) for f in t.schema], "rows": t.to_pylist()}))`,
        tableToIPC(quality, "stream"),
      ),
    ).toEqual({
      schema: [
        "pyarrow.Field<entity_kind: string not null>",
        "pyarrow.Field<entity_id: string>",
        "pyarrow.Field<issue: string not null>",
        "pyarrow.Field<source_table: string>",
        "pyarrow.Field<row_ordinal: int64 not null>",
      ],
      rows: [0, 35_000].map((row) => ({
        entity_kind: "NÖDE",
        entity_id: "0",
        issue: "INVALID_ID",
        source_table: null,
        row_ordinal: row,
      })),
    });
  });

  it.skipIf(data === undefined)(
    "has the same type strings and the pinned fingerprint for the schema of every Parquet file with an answer",
    async () => {
      const folder = join(data!, "parquet");
      const answers = readdirSync(folder).filter((name) => name.endsWith(".pyarrow.json"));
      expect(answers.length).toBeGreaterThan(20);
      const prints: Record<string, string> = {};
      const refused: string[] = [];
      for (const answer of answers) {
        const file = join(folder, answer.replace(/\.pyarrow\.json$/, ""));
        const expected = (
          JSON.parse(readFileSync(join(folder, answer), "utf8")) as { arrow_schema?: string[] }
        ).arrow_schema;
        // pyarrow refuses some files, which is its answer.
        if (expected === undefined) continue;
        const { stdout, status } = spawnSync(python!, [
          "-c",
          `
import sys, pyarrow as pa, pyarrow.parquet as pq
schema = pq.read_schema(sys.argv[1])
sink = pa.BufferOutputStream()
pa.ipc.new_stream(sink, schema).close()
sys.stdout.buffer.write(sink.getvalue().to_pybytes())`,
          file,
        ]);
        if (status !== 0) {
          refused.push(answer);
          continue;
        }
        const { schema } = tableFromIPC(stdout);
        const lines = schema.fields.map(
          ({ name, type, nullable }) => `${name}: ${typeString(type)}${nullable ? "" : " not null"}`,
        );
        // The answers leave "not null" of top-level fields out in some files, and never the names of map children, which apache-arrow renames.
        const plain = (text: string): string => text.replace(/ not null$/, "").replace(/ \('\w+'\)/g, "");
        expect(lines.map(plain), answer).toEqual(expected.map(plain));
        prints[answer.replace(/\.parquet\.pyarrow\.json$/, "")] = schemaFingerprint(schema);
      }
      expect(refused).toEqual([]);
      // A fingerprint that changes makes every stored one foreign: a change here is a new version of the payload.
      await expect(`${JSON.stringify(prints, null, 2)}\n`).toMatchFileSnapshot("parquet-fingerprints.json");
    },
  );
});
