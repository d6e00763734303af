import { configureRecording, finishRun, startRun, type RecordBatch } from "@pitot/core";
import { BatchEncoder, TABLE_SCHEMAS } from "@pitot/snapshot";
import {
  Dictionary,
  Int32,
  Int64,
  makeBuilder,
  RecordBatch as ArrowBatch,
  Struct,
  makeData,
  Schema,
  Field,
  tableFromIPC,
  TimestampNanosecond,
  Utf8,
  type Builder,
  type DataType,
} from "apache-arrow";
import { alternate, type BenchResult } from "./bench-result.ts";

const ROWS = 1_000_000;
const IDS = Array.from({ length: 1 << 16 }, (_, i) => `id-${i}`);
const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";

/** Row 3: a million quality rows, from `recordQualityRow` to Arrow batches in memory, against Arrow's builders with dictionaries. */
export async function arrowBatch(): Promise<BenchResult> {
  const [ours, theirs] = [encodeRows(10_000, true), buildRows(10_000)];
  const rows = tableFromIPC(Buffer.concat(ours));
  for (const row of [0, 4095, 4096, 9999])
    for (const name of ["entity_kind", "entity_id", "issue", "source_table"])
      if (rows.getChild(name)?.get(row) !== theirs.getChild(name)?.get(row))
        throw new Error(`${name} of row ${row} differs`);
  const [own, peer] = alternate(
    3,
    ROWS,
    (count) => void encodeRows(count, false),
    (count) => void buildRows(count),
  );
  return {
    row: 3,
    name: "Arrow batches of 1,000,000 quality rows",
    ours: own,
    peer,
    peerName: "apache-arrow builders",
    unit: "ns/row",
    ratio: own / peer,
    goal: "<= 0.05",
    met: own / peer <= 0.05,
  };
}

/** The record path without the file: every batch is encoded, as for the snapshot. */
function encodeRows(count: number, keep: boolean): Buffer[] {
  const encoder = new BatchEncoder(TABLE_SCHEMAS["quality"]!);
  const parts: Buffer[] = [];
  const write = ({ kind, length, columns }: RecordBatch): void => {
    if (kind !== "quality") return;
    const bytes = encoder.encode(length, columns);
    encoder.commit();
    if (keep) parts.push(Buffer.from(bytes));
  };
  const restore = configureRecording({
    targets: [{ open: () => ({ uri: undefined, write, finish: () => {} }) }],
  });
  const run = startRun({ label: "bench" });
  for (let i = 0; i < count; i++) run.recordQualityRow("NODE", IDS[i & 0xffff]!, "INVALID_ID", "nodes");
  finishRun(run);
  restore();
  return parts;
}

/** The same columns by builders. */
function buildRows(count: number): ArrowBatch {
  const term = (): DataType => new Dictionary(new Utf8(), new Int32());
  const types: Readonly<Record<string, DataType>> = {
    entity_kind: term(),
    entity_id: new Utf8(),
    issue: term(),
    source_table: term(),
    trace_id: term(),
    span_id: term(),
    time_unix_nano: new TimestampNanosecond("UTC"),
    seq: new Int64(),
  };
  const builders = Object.values(types).map((type) => makeBuilder({ type, nullValues: [null] }) as Builder);
  const [kind, id, issue, table, trace, span, time, seq] = builders as [
    Builder,
    Builder,
    Builder,
    Builder,
    Builder,
    Builder,
    Builder,
    Builder,
  ];
  // Builders take milliseconds.
  const now = Date.now();
  for (let i = 0; i < count; i++) {
    kind.append("NODE");
    id.append(IDS[i & 0xffff]!);
    issue.append("INVALID_ID");
    table.append("nodes");
    trace.append(TRACE);
    span.append(SPAN);
    time.append(now);
    seq.append(BigInt(i));
  }
  const fields = Object.entries(types).map(([name, type]) => new Field(name, type, true));
  const children = builders.map((builder) => builder.finish().flush());
  return new ArrowBatch(
    new Schema(fields),
    makeData({ type: new Struct(fields), length: count, nullCount: 0, children }),
  );
}
