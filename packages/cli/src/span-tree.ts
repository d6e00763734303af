import { SPAN_RECORDS } from "@pitot/semconv";
import type { SnapshotRun } from "@pitot/snapshot";
import colors from "picocolors";
import { milliseconds } from "./format-duration.ts";

interface TreeSpan {
  readonly id: string;
  readonly parent: string | null;
  readonly name: string;
  readonly start: bigint;
  readonly durationMs: number;
  readonly status: string;
  readonly events: number;
}

/** The spans of a run as an indented tree in the order in which they began. Carrier spans of one kind are summed up in a line. */
export async function spanTree(run: SnapshotRun): Promise<string[]> {
  const spans = await readSpans(run);
  const ids = new Set(spans.map((span) => span.id));
  const children = new Map<string | null, TreeSpan[]>();
  for (const span of spans) {
    const parent = span.parent !== null && ids.has(span.parent) ? span.parent : null;
    children.set(parent, [...(children.get(parent) ?? []), span]);
  }
  const lines: string[] = [];
  const visit = (parent: string | null, depth: number): void => {
    const here = (children.get(parent) ?? []).sort((a, b) => (a.start < b.start ? -1 : 1));
    for (const span of here.filter(({ name }) => !name.startsWith(`${SPAN_RECORDS} `))) {
      lines.push(line(span, depth));
      visit(span.id, depth + 1);
    }
    for (const [name, carriers] of carriersByName(here))
      lines.push(
        `${"  ".repeat(depth)}${colors.dim(`${name}: ${carriers.reduce((sum, { events }) => sum + events, 0)} events on ${carriers.length} spans`)}`,
      );
  };
  visit(null, 0);
  return lines;
}

function carriersByName(spans: readonly TreeSpan[]): Map<string, TreeSpan[]> {
  const carriers = new Map<string, TreeSpan[]>();
  for (const span of spans)
    if (span.name.startsWith(`${SPAN_RECORDS} `))
      carriers.set(span.name, [...(carriers.get(span.name) ?? []), span]);
  return carriers;
}

function line({ name, durationMs, status, events }: TreeSpan, depth: number): string {
  const text = `${"  ".repeat(depth)}${name}`;
  const shown = status === "ERROR" ? colors.red(`${text} ✗`) : text;
  return `${shown}${" ".repeat(Math.max(1, 44 - text.length))}${milliseconds(durationMs).padStart(9)}${events > 0 ? colors.dim(`  ${events} events`) : ""}`;
}

async function readSpans(run: SnapshotRun): Promise<TreeSpan[]> {
  const table = await run.table("spans");
  if (table === undefined) return [];
  const column = (name: string) => table.getChild(name)!;
  const start = column("start_time_unix_nano").toArray() as BigInt64Array;
  return Array.from({ length: table.numRows }, (_, i) => ({
    id: String(column("span_id").get(i)),
    parent: column("parent_span_id").get(i) as string | null,
    name: String(column("name").get(i)),
    start: start[i]!,
    durationMs: Number(column("duration_time_unix_nano").get(i)) / 1e6,
    status: String(column("status_code").get(i)),
    events: (JSON.parse(String(column("events").get(i))) as unknown[]).length,
  }));
}
