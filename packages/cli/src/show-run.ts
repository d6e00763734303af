import { readRun, type SnapshotRun } from "@pitot/snapshot";
import colors from "picocolors";
import { milliseconds } from "./format-duration.ts";
import { spanTree } from "./span-tree.ts";

/**
 * A run as text: envelope, trace tree with durations, quality by issue, metrics, what became of its records.
 *
 * @throws PitotError IO where the run is not in the folder (rejects)
 */
export async function showRun(directory: string, runId: string): Promise<string> {
  const run = readRun(directory, runId);
  const { manifest } = run;
  const { status, label, duration_ms: duration } = manifest.run ?? {};
  const mark =
    status === "completed" ? colors.green("✓") : status === "failed" ? colors.red("✗") : colors.yellow("…");
  return [
    `${mark} ${colors.bold(label ?? "session")}  ${status ?? ""}${duration == null ? "" : ` in ${milliseconds(duration)}`}  ${colors.dim(manifest.id)}`,
    ...section("Trace", await spanTree(run)),
    ...section("Events", await events(run)),
    ...section("Quality", await quality(run)),
    ...section("Metrics", await metrics(run)),
    ...section("Records", records(run)),
    `\nSnapshot  ${run.folder}`,
  ].join("\n");
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", colors.bold(title), ...lines.map((line) => `  ${line}`)];
}

async function events(run: SnapshotRun): Promise<string[]> {
  const lines: string[] = [];
  for (const [name, column] of [
    ["events", "properties"],
    ["artifacts", "payload"],
  ] as const) {
    const table = await run.table(name);
    for (let i = 0; i < Math.min(table?.numRows ?? 0, 20); i++)
      lines.push(
        `${String(table!.getChild("name")!.get(i))}  ${colors.dim(clip(String(table!.getChild(column)!.get(i))))}`,
      );
    if ((table?.numRows ?? 0) > 20) lines.push(`… and ${table!.numRows - 20} more ${name}`);
  }
  return lines;
}

async function quality(run: SnapshotRun): Promise<string[]> {
  const table = await run.table("quality");
  if (table === undefined) return [];
  const counts = new Map<string, number>();
  const [table_, kind, issue] = ["source_table", "entity_kind", "issue"].map((name) => table.getChild(name)!);
  for (let i = 0; i < table.numRows; i++) {
    const key = [table_!.get(i) ?? "-", kind!.get(i), issue!.get(i)].join("  ");
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([key, count]) => `${String(count).padStart(9)}  ${key}`);
}

async function metrics(run: SnapshotRun): Promise<string[]> {
  const table = await run.table("metrics");
  if (table === undefined) return [];
  const last = new Map<string, string>();
  const get = (column: string, i: number): unknown => table.getChild(column)!.get(i);
  for (let i = 0; i < table.numRows; i++)
    last.set(
      `${String(get("name", i))} ${colors.dim(String(get("attributes", i)))}`,
      `${String(get("value", i))} ${String(get("unit", i))}`,
    );
  return [...last].map(([name, value]) => `${name}  ${value}`);
}

function records({ manifest }: SnapshotRun): string[] {
  return Object.entries(manifest.records).map(([kind, outcomes]) => {
    const parts = Object.entries(outcomes)
      .filter(([, count]) => count > 0)
      .map(([outcome, count]) => `${count} ${outcome.replace("_", " ")}`);
    return `${kind.padEnd(10)} ${parts.join(", ")}`;
  });
}

function clip(text: string): string {
  return text.length > 110 ? `${text.slice(0, 109)}…` : text;
}
