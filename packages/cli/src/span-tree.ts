import { SPAN_RECORDS, SPAN_RUN_STARTED } from "@pitot/semconv";
import colors from "picocolors";
import { milliseconds } from "./format-duration.ts";
import type { ReportSpan } from "./report-spans.ts";

/** Equal siblings beyond this many are summed up: ten thousand statements make no picture. */
const SIBLINGS = 8;

/** Levels that are shown. */
const DEEPEST = 40;
/** Columns of names, where there is room. */
const WIDTH = 44;
/** Columns of what stands beside a name: duration and events. */
const BESIDE = 24;

/**
 * The spans of a run as an indented tree in the order in which they began. Carrier spans of one kind are summed up in a line.
 * @param columns of the terminal: where there are few, names are cut, not durations
 */
export function spanTree(spans: readonly ReportSpan[], columns: number = Infinity): string[] {
  const width = Math.max(12, Math.min(WIDTH, columns - BESIDE));
  const ids = new Set(spans.map((span) => span.span_id));
  const children = new Map<string | null, ReportSpan[]>();
  for (const span of spans) {
    const parent = span.parent_span_id !== null && ids.has(span.parent_span_id) ? span.parent_span_id : null;
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [span]);
    else siblings.push(span);
  }
  const lines: string[] = [];
  /** How many spans are deeper than anybody could read. */
  const below = (parent: string, depth: number): void => {
    const open = [parent];
    let count = -1;
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      count++;
      for (const child of children.get(id) ?? []) open.push(child.span_id);
    }
    if (count > 0) lines.push(`${"  ".repeat(depth)}${colors.dim(`… ${counted(count, "span")} below`)}`);
  };
  const visit = (parent: string | null, depth: number): void => {
    const here = (children.get(parent) ?? []).sort((a, b) => a.start_unix_ms - b.start_unix_ms);
    const shown = new Map<string, number>();
    for (const span of here) {
      const { name } = span;
      if (name.startsWith(`${SPAN_RECORDS} `) || name.startsWith(`${SPAN_RUN_STARTED} `)) continue;
      const count = (shown.get(name) ?? 0) + 1;
      shown.set(name, count);
      if (count > SIBLINGS && span.status !== "ERROR") continue;
      lines.push(line(span, depth, width));
      if (depth + 1 < DEEPEST) visit(span.span_id, depth + 1);
      else below(span.span_id, depth + 1);
    }
    for (const [name, count] of shown)
      if (count > SIBLINGS) lines.push(`${"  ".repeat(depth)}${colors.dim(`… ${count} × ${name} in all`)}`);
    for (const [name, carriers] of carriersByName(here))
      lines.push(
        `${"  ".repeat(depth)}${colors.dim(
          `${name}: ${counted(
            carriers.reduce((sum, { events }) => sum + events, 0),
            "event",
          )} on ${counted(carriers.length, "span")}`,
        )}`,
      );
  };
  visit(null, 0);
  return lines;
}

function carriersByName(spans: readonly ReportSpan[]): Map<string, ReportSpan[]> {
  const carriers = new Map<string, ReportSpan[]>();
  for (const span of spans)
    if (span.name.startsWith(`${SPAN_RECORDS} `))
      carriers.set(span.name, [...(carriers.get(span.name) ?? []), span]);
  return carriers;
}

function line({ name, duration_ms, status, events }: ReportSpan, depth: number, width: number): string {
  const whole = `${"  ".repeat(depth)}${name}`;
  const text = width < WIDTH && whole.length >= width ? `${whole.slice(0, width - 2)}…` : whole;
  const shown = status === "ERROR" ? colors.red(`${text} ✗`) : text;
  return `${shown}${" ".repeat(Math.max(1, width - text.length))}${milliseconds(duration_ms).padStart(9)}${events > 0 ? colors.dim(`  ${counted(events, "event")}`) : ""}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
