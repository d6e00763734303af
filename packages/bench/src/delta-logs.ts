import { execFileSync } from "node:child_process";

/** Writes a log of adds, with pyarrow: as commits of JSON, or as one checkpoint. */
const WRITE = `
import json, os, sys
root, kind, commits, per = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
log = os.path.join(root, "_delta_log")
os.makedirs(log)
field = lambda n, t: {"name": n, "type": t, "nullable": True, "metadata": {}}
schema = json.dumps({"type": "struct", "fields": [field("id", "long"), field("name", "string"), field("day", "string")]})
proto = {"minReaderVersion": 1, "minWriterVersion": 2}
meta = {"id": "bench", "format": {"provider": "parquet", "options": {}}, "schemaString": schema, "partitionColumns": ["day"], "configuration": {}, "createdTime": 1}
dump = lambda v: json.dumps(v, separators=(",", ":"))
def add(i):
    stats = dump({"numRecords": 1000, "minValues": {"id": i * 1000, "name": "aaa"}, "maxValues": {"id": i * 1000 + 999, "name": "zzz"}, "nullCount": {"id": 0, "name": 3}})
    return {"path": f"day={i % 30}/part-{i:05d}-{i:08x}-0000-4000-8000-{i:012x}-c000.snappy.parquet", "partitionValues": {"day": str(i % 30)}, "size": 1000 + i, "modificationTime": 1700000000000 + i, "dataChange": True, "stats": stats}
def commit(version, lines):
    with open(os.path.join(log, f"{version:020d}.json"), "w") as f:
        f.write("\\n".join(dump(line) for line in lines))
info = {"commitInfo": {"timestamp": 1, "operation": "WRITE"}}
if kind == "commits":
    for v in range(commits):
        lines = [info] + ([{"protocol": proto}, {"metaData": meta}] if v == 0 else [])
        commit(v, lines + [{"add": add(v * per + i)} for i in range(per)])
else:
    import pyarrow as pa, pyarrow.parquet as pq
    n = commits * per
    adds = [add(i) for i in range(n)]
    for a in adds:
        a["partitionValues"] = list(a["partitionValues"].items())
    m, s, l = pa.map_(pa.string(), pa.string()), pa.string(), pa.int64()
    meta["format"]["options"] = []
    meta["configuration"] = []
    kinds = {
        "protocol": (pa.struct([("minReaderVersion", pa.int32()), ("minWriterVersion", pa.int32())]), [proto, None] + [None] * n),
        "metaData": (pa.struct([("id", s), ("format", pa.struct([("provider", s), ("options", m)])), ("schemaString", s), ("partitionColumns", pa.list_(s)), ("configuration", m), ("createdTime", l)]), [None, meta] + [None] * n),
        "add": (pa.struct([("path", s), ("partitionValues", m), ("size", l), ("modificationTime", l), ("dataChange", pa.bool_()), ("stats", s)]), [None, None] + adds),
        "remove": (pa.struct([("path", s)]), [None] * (n + 2)),
        "txn": (pa.struct([("appId", s), ("version", l)]), [None] * (n + 2)),
    }
    table = pa.table({name: pa.array(rows, type) for name, (type, rows) in kinds.items()})
    pq.write_table(table, os.path.join(log, f"{0:020d}.checkpoint.parquet"), row_group_size=100000)
    with open(os.path.join(log, "_last_checkpoint"), "w") as f:
        f.write(dump({"version": 0, "size": n + 2}))
    commit(1, [info])
`;

/** Opens a table and lists its files twice, so that the second time is warm; prints how many there are, and the milliseconds. */
const OPEN = `
import os, sys, time
from deltalake import DeltaTable
for _ in range(2):
    started = time.perf_counter()
    files = len(DeltaTable(sys.argv[1]).file_uris())
    took = (time.perf_counter() - started) * 1000
print(files, took)
sys.stdout.flush()
os._exit(0)
`;

/** Writes a table that is a log alone, of `commits` × `adds` files. */
export function writeLog(
  python: string,
  root: string,
  kind: "commits" | "checkpoint",
  commits: number,
  adds: number,
): void {
  execFileSync(python, ["-c", WRITE, root, kind, String(commits), String(adds)]);
}

/** What deltalake takes to know the files of a table. */
export function openByDeltalake(python: string, root: string): { files: number; milliseconds: number } {
  const [files, milliseconds] = execFileSync(python, ["-c", OPEN, root], { encoding: "utf8" })
    .trim()
    .split(" ");
  return { files: Number(files), milliseconds: Number(milliseconds) };
}
