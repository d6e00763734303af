import { strict as assert } from "node:assert";
import { QUALITY_SCHEMA, qualityFromIds } from "@pitot/tables";
import { Dictionary, Int32, makeBuilder, Utf8, type Builder } from "apache-arrow";
import { asyncTurns } from "./async-turns.ts";
import type { BenchResult } from "./bench-result.ts";

const ROWS = 1_000_000;

/** Row 3: a quality table of 1M invalid ids, found and built, against apache-arrow's builders with dictionaries for the constant columns. */
export async function qualityTable(): Promise<BenchResult> {
  const id = new Int32Array(ROWS);
  const spec = { idCol: "id", entityKind: "NODE", issue: "INVALID_ID", sourceTable: "nodes" };
  const ours = () => qualityFromIds({ id }, spec);
  const peer = () => {
    const constant = (): Builder =>
      makeBuilder({ type: new Dictionary(new Utf8(), new Int32()), nullValues: [null] }) as Builder;
    const [kind, issue, source] = [constant(), constant(), constant()];
    const ids = makeBuilder({ type: new Utf8(), nullValues: [null] });
    for (let i = 0; i < ROWS; i++) {
      if (id[i] !== 0) continue;
      kind.append("NODE");
      ids.append("0");
      issue.append("INVALID_ID");
      source.append("nodes");
    }
    return [kind, ids, issue, source].map((builder) => builder.finish().toVector());
  };
  const table = ours();
  const vectors = peer();
  assert.equal(table.numRows, ROWS);
  QUALITY_SCHEMA.fields.forEach(({ name }, i) => {
    for (const row of [0, 1, ROWS - 1]) assert.equal(table.getChild(name)!.get(row), vectors[i]!.get(row));
  });
  const [a, b] = (await asyncTurns(5, ours, peer)) as [number, number];
  return {
    row: 3,
    name: "build 1M quality rows from ids",
    ours: (a * 1e6) / ROWS,
    peer: (b * 1e6) / ROWS,
    peerName: "apache-arrow Builders",
    unit: "ns/row",
    ratio: a / b,
    goal: "<= 0.05",
    met: a / b <= 0.05,
  };
}
