import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { listScopes, recover } from "@pitot/snapshot";
import { startOtlpSink } from "@pitot/testing";
import { RecordBatchReader, Table, type RecordBatch } from "apache-arrow";
import { beforeAll, expect, it } from "vitest";
import { replay } from "../src/index.ts";

const fixture = fileURLToPath(new URL("fixtures/die.js", import.meta.url));
const page = fileURLToPath(new URL("../../snapshot/README.md", import.meta.url));

const WAYS: readonly (readonly [way: string, status: number | null, signal: string | null])[] = [
  ["return", 0, null],
  ["process.exit", 3, null],
  ["uncaught exception", 1, null],
  ["unhandled rejection", 1, null],
  ["SIGTERM", null, "SIGTERM"],
  ["SIGINT", null, "SIGINT"],
  ["SIGHUP", null, "SIGHUP"],
  ["SIGTERM twice", null, "SIGTERM"],
  ["own handler, set before", 7, null],
  ["own handler, set after", 7, null],
  ["busy until process.exit", 3, null],
  ["worker ends", 0, null],
  ["SIGKILL", null, "SIGKILL"],
  ["abort", null, "SIGABRT"],
  ["out of memory", null, "SIGABRT"],
];
/** Of these the last flush interval is lost: 40 of the 100 spans are recorded just before the end. */
const SUDDEN = ["SIGKILL", "abort", "out of memory"];
const COLLECTORS = ["up", "down", "hangs"] as const;

interface Ended {
  readonly status: number | null;
  readonly signal: string | null;
  /** What the process says that it has recorded. */
  readonly spans: readonly string[];
  readonly rows: readonly string[];
  readonly open: string | undefined;
}

interface Cell extends Ended {
  /** Names of spans, with how often a Collector took them before the end. */
  readonly arrived: readonly string[];
  /** Names of spans on disk, after recovery. */
  readonly kept: readonly string[];
  readonly keptRows: readonly string[];
  readonly openKept: boolean;
  /** Names of spans that a replay sent. */
  readonly replayed: readonly string[];
}

const cells = new Map<string, Cell>();

beforeAll(async () => {
  const work: (() => Promise<void>)[] = [];
  const add = (way: string, sdk: string, collector: (typeof COLLECTORS)[number], flush?: string): void => {
    work.push(async () => {
      cells.set([way, sdk, collector, flush].join("/"), await cell(way, sdk, collector, flush));
    });
  };
  for (const [way] of WAYS) {
    for (const collector of COLLECTORS) add(way, "pitot", collector);
    add(way, "node-sdk", "up");
    if (SUDDEN.includes(way)) add(way, "pitot", "up", "every");
  }
  await Promise.all(
    [1, 2, 3, 4].map(async () => {
      for (let next = work.shift(); next !== undefined; next = work.shift()) await next();
    }),
  );
}, 300_000);

async function cell(
  way: string,
  sdk: string,
  collector: (typeof COLLECTORS)[number],
  flush: string | undefined,
): Promise<Cell> {
  const directory = mkdtempSync(join(tmpdir(), "pitot-die-"));
  const sink = await startOtlpSink(collector === "hangs" ? { answer: () => "hang" } : {});
  if (collector === "down") await sink.close();
  try {
    const ended = await die(way, sdk, {
      PITOT_DIR: directory,
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      ...(flush === undefined ? {} : { PITOT_FLUSH: flush }),
    });
    const arrived = sink.spans.map(({ name }) => name);
    await recover(directory);
    const [spans, quality] = await Promise.all([tables(directory, "spans"), tables(directory, "quality")]);
    await using later = await startOtlpSink();
    if (sdk === "pitot") await replay({ directory, endpoint: later.url });
    return {
      ...ended,
      arrived,
      kept: texts(spans, "name"),
      keptRows: texts(quality, "entity_id"),
      openKept: texts(spans, "span_id").includes(ended.open ?? "none"),
      replayed: later.spans.map(({ name }) => name),
    };
  } finally {
    if (collector !== "down") await sink.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function die(way: string, sdk: string, env: Record<string, string>): Promise<Ended> {
  const heap = way === "out of memory" ? ["--max-old-space-size=48"] : [];
  const child = spawn(process.execPath, [...heap, fixture, way, sdk], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "ignore"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => (output += part));
  const [status, signal] = await new Promise<[number | null, string | null]>((resolve) => {
    child.once("close", (...end) => resolve(end));
  });
  const facts = output
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as { span?: string; row?: string; open?: string });
  return {
    status,
    signal,
    spans: facts.flatMap(({ span }) => span ?? []),
    rows: facts.flatMap(({ row }) => row ?? []),
    open: facts.find(({ open }) => open !== undefined)?.open,
  };
}

async function tables(directory: string, name: string): Promise<Table[]> {
  return listScopes(directory).flatMap(({ folder }) => {
    let bytes: Buffer;
    try {
      bytes = readFileSync(join(folder, `${name}.arrow`));
    } catch {
      return [];
    }
    const batches: RecordBatch[] = [...RecordBatchReader.from(bytes)];
    return batches.length === 0 ? [] : [new Table(batches)];
  });
}

function texts(all: readonly Table[], column: string): string[] {
  return all.flatMap((table) => Array.from(table.getChild(column)!, String));
}

function count(wanted: readonly string[], had: readonly string[]): number {
  const set = new Set(had);
  return wanted.filter((name) => set.has(name)).length;
}

const cases = WAYS.flatMap(([way, status, signal]) =>
  COLLECTORS.map((collector) => [way, collector, status, signal] as const),
);

it.each(cases)(
  "by %s with the Collector %s: nothing lost, nothing twice",
  (way, collector, status, signal) => {
    const it = cells.get([way, "pitot", collector, undefined].join("/"))!;
    expect([it.status, it.signal]).toEqual([status, signal]);
    expect(it.spans).toHaveLength(100);
    const sure = SUDDEN.includes(way) ? it.spans.slice(0, 60) : it.spans;
    const sureRows = SUDDEN.includes(way) ? it.rows.slice(0, 60) : it.rows;
    expect(sure.filter((name) => !it.kept.includes(name))).toEqual([]);
    expect(sureRows.filter((id) => !it.keptRows.includes(id))).toEqual([]);
    expect(it.openKept).toBe(true);
    // Every span on disk has been taken by a Collector once: before the end, or from the replay.
    const taken = [...it.arrived, ...it.replayed];
    expect(count(it.kept, taken)).toBe(it.kept.length);
    // A death in the middle of a request leaves its answer unread: it is sent again, with the same ids.
    if (SUDDEN.includes(way) || way === "SIGTERM twice") return;
    expect([taken.length, new Set(taken).size]).toEqual([it.kept.length, it.kept.length]);
  },
);

it.each(SUDDEN)("by %s with PITOT_FLUSH=every: not even the last one is lost", (way) => {
  const it = cells.get([way, "pitot", "up", "every"].join("/"))!;
  expect(it.spans).toHaveLength(100);
  expect(it.spans.filter((name) => !it.kept.includes(name))).toEqual([]);
  expect(it.rows.filter((id) => !it.keptRows.includes(id))).toEqual([]);
});

it("is what the manual says", () => {
  const rows = WAYS.map(([way, status, signal]) => {
    const plain = cells.get([way, "node-sdk", "up", undefined].join("/"))!;
    expect([way, plain.status, plain.signal]).toEqual([way, status, signal]);
    const ours = COLLECTORS.map((collector) => {
      const cell = cells.get([way, "pitot", collector, undefined].join("/"))!;
      return `${count(cell.spans, cell.kept)}`;
    });
    const every = SUDDEN.includes(way) ? cells.get([way, "pitot", "up", "every"].join("/"))! : undefined;
    const always = every === undefined ? ours[0] : `${count(every.spans, every.kept)}`;
    return `| ${way} | ${status ?? signal} | ${ours.join(" | ")} | ${always} | ${count(plain.spans, plain.arrived)} |`;
  });
  const table = [
    "| a process ends by | exit | Collector up | down | hangs | `PITOT_FLUSH=every` | plain `NodeSDK`, Collector up |",
    "|---|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
  const text = readFileSync(page, "utf8");
  const told = /<!-- exit matrix -->\n([^]*?)\n<!-- end -->/.exec(text)?.[1];
  if (process.env["PITOT_UPDATE"] === "1")
    writeFileSync(page, text.replace(/(<!-- exit matrix -->\n)[^]*?(\n<!-- end -->)/, `$1${table}$2`));
  else expect(told).toBe(table);
});
