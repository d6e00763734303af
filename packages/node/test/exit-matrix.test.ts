import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { listScopes, recover } from "@pitot/snapshot";
import { startOtlpSink, type OtlpRequest } from "@pitot/testing";
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
  ["SIGINT, then SIGKILL", null, "SIGINT or SIGKILL"],
  ["own handler, set before", 7, null],
  ["own handler, set after", 7, null],
  ["busy until process.exit", 3, null],
  ["pending work at process.exit", 3, null],
  ["worker ends", 0, null],
  ["SIGKILL", null, "SIGKILL"],
  ["abort", null, "SIGABRT"],
  ["out of memory", null, "SIGABRT"],
];
/** Of these the last flush interval is lost: 40 of the 100 records of a kind are made just before the end. */
const SUDDEN = ["SIGKILL", "abort", "out of memory"];
/** Of these a request may be under way at the end: its answer stays unread, and it is sent again, with the same ids. */
const CUT_SHORT = [...SUDDEN, "SIGTERM twice", "SIGINT, then SIGKILL"];
const COLLECTORS = ["up", "down", "hangs"] as const;
const FLUSHES = ["1000", "every"] as const;
/** How long a process waits for answers at its end; what has none by then is cut short too. */
const BOUND_MS = 1500;
/** All ways × flush policies × states of the Collector; without it, `every` is tried with the Collector up. */
const WHOLE = process.env["PITOT_SOAK"] !== undefined;

type Collector = (typeof COLLECTORS)[number];
type Flush = (typeof FLUSHES)[number];

/** What a process records: so many of each, numbered. */
const KINDS = ["span", "quality row", "event", "log record", "metric"] as const;
type ByKind = Readonly<Record<(typeof KINDS)[number], readonly number[]>>;

interface Ended {
  readonly status: number | null;
  readonly signal: string | null;
  /** Numbers of what the process says that it has recorded. */
  readonly recorded: readonly number[];
  readonly open: string | undefined;
  /** From its last record to its end. */
  readonly endedAfterMs: number;
}

interface Cell extends Ended {
  /** Spans and log records that a Collector took before the end, each time that it did. */
  readonly arrived: Pick<ByKind, "span" | "log record">;
  /** What is on disk after recovery. */
  readonly kept: ByKind;
  readonly openKept: boolean;
  /** Spans and log records that a replay sent. */
  readonly replayed: Pick<ByKind, "span" | "log record">;
  /** The highest value of the counter that a Collector has been told in the end. */
  readonly counted: number;
}

const cells = new Map<string, Cell>();
const at = (way: string, sdk: string, collector: Collector, flush: Flush): string =>
  [way, sdk, collector, flush].join("/");

beforeAll(async () => {
  const work: (() => Promise<void>)[] = [];
  const add = (way: string, sdk: string, collector: Collector, flush: Flush): void => {
    work.push(async () => {
      cells.set(at(way, sdk, collector, flush), await cell(way, sdk, collector, flush));
    });
  };
  for (const [way] of WAYS) {
    for (const [collector, flush] of tried()) add(way, "pitot", collector, flush);
    add(way, "node-sdk", "up", "1000");
  }
  await Promise.all(
    [1, 2, 3, 4].map(async () => {
      for (let next = work.shift(); next !== undefined; next = work.shift()) await next();
    }),
  );
}, 600_000);

function tried(): [Collector, Flush][] {
  return COLLECTORS.flatMap((collector) =>
    FLUSHES.filter((flush) => WHOLE || flush === "1000" || collector === "up").map(
      (flush): [Collector, Flush] => [collector, flush],
    ),
  );
}

async function cell(way: string, sdk: string, collector: Collector, flush: Flush): Promise<Cell> {
  const directory = mkdtempSync(join(tmpdir(), "pitot-die-"));
  const sink = await startOtlpSink(collector === "hangs" ? { answer: () => "hang" } : {});
  if (collector === "down") await sink.close();
  try {
    const ended = await die(way, sdk, {
      PITOT_DIR: directory,
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      PITOT_FLUSH: flush,
    });
    const requests = collector === "up" ? [...sink.requests] : [];
    await recover(directory);
    const [spans, quality, events, logs, metrics] = await Promise.all(
      ["spans", "quality", "events", "logs", "metrics"].map((name) => tables(directory, name)),
    );
    await using later = await startOtlpSink();
    if (sdk === "pitot") await replay({ directory, endpoint: later.url });
    return {
      ...ended,
      arrived: sent(requests),
      kept: {
        span: numbers(texts(spans!, "name"), /^s(\d+)$/),
        "quality row": numbers(texts(quality!, "entity_id"), /^(\d+)$/),
        event: numbers(texts(events!, "properties"), /^{"i":(\d+)}$/),
        "log record": numbers(texts(logs!, "body"), /^l(\d+)$/),
        // Sums of increments by 1, in the order in which they were made.
        metric: upTo(texts(metrics!, "sum").reduce((sum, text) => sum + Number(text), 0)),
      },
      openKept: texts(spans!, "span_id").includes(ended.open ?? "none"),
      replayed: sent(later.requests),
      counted: Math.max(0, ...counts([...requests, ...later.requests])),
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
  const ended = Date.now();
  const facts = output
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as { i?: number; open?: string; at: number });
  return {
    status,
    signal,
    recorded: facts.flatMap(({ i }) => i ?? []),
    open: facts.find(({ open }) => open !== undefined)?.open,
    endedAfterMs: ended - facts.at(-1)!.at,
  };
}

/** The bodies of requests of one signal, as text. */
function bodies(requests: readonly OtlpRequest[], signal: string): string {
  return JSON.stringify(requests.filter((request) => request.signal === signal).map(({ body }) => body));
}

function sent(requests: readonly OtlpRequest[]): Cell["arrived"] {
  const all = (text: string, pattern: RegExp): number[] =>
    [...text.matchAll(pattern)].map(([, number]) => Number(number));
  return {
    span: all(bodies(requests, "traces"), /"name":"s(\d+)"/g),
    "log record": all(bodies(requests, "logs"), /"stringValue":"l(\d+)"/g),
  };
}

/** The values that a counter was told with. */
function counts(requests: readonly OtlpRequest[]): number[] {
  const metrics = bodies(requests, "metrics");
  return [...metrics.matchAll(/"name":"die\.count"[^]*?"as(?:Double|Int)":"?(\d+)/g)].map(([, value]) =>
    Number(value),
  );
}

function numbers(all: readonly string[], pattern: RegExp): number[] {
  return all.flatMap((text) => pattern.exec(text)?.[1] ?? []).map(Number);
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
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

const cases = WAYS.flatMap(([way, status, signal]) =>
  tried().map(([collector, flush]) => [way, collector, flush, status, signal] as const),
);

it.each(cases)(
  "by %s with the Collector %s and flush %s: nothing lost, nothing twice",
  (way, collector, flush, status, signal) => {
    const it = cells.get(at(way, "pitot", collector, flush))!;
    expect(it.status).toBe(status);
    expect(signal?.split(" or ") ?? [null]).toContain(it.signal);
    expect(it.recorded).toEqual(upTo(100));
    const sure = SUDDEN.includes(way) && flush !== "every" ? upTo(60) : it.recorded;
    for (const kind of KINDS)
      expect(
        sure.filter((number) => !it.kept[kind].includes(number)),
        kind,
      ).toEqual([]);
    expect(it.openKept).toBe(true);
    expect(it.counted).toBeGreaterThanOrEqual(sure.length);
    expect(it.counted).toBeLessThanOrEqual(100);
    for (const kind of ["span", "log record"] as const) {
      // Everything on disk has been taken by a Collector once: before the end, or from the replay.
      const taken = [...it.arrived[kind], ...it.replayed[kind]].toSorted((a, b) => a - b);
      const wanted = it.kept[kind].toSorted((a, b) => a - b);
      const cutShort = CUT_SHORT.includes(way) || it.endedAfterMs >= BOUND_MS;
      expect(cutShort ? [...new Set(taken)] : taken, kind).toEqual(wanted);
    }
  },
);

it("is what the manual says", () => {
  const rows = WAYS.map(([way, status, signal]) => {
    const plain = cells.get(at(way, "node-sdk", "up", "1000"))!;
    expect(plain.status).toBe(status);
    expect(signal?.split(" or ") ?? [null]).toContain(plain.signal);
    const had = ([collector, flush]: [Collector, Flush]): number => {
      const { kept } = cells.get(at(way, "pitot", collector, flush))!;
      const most = SUDDEN.includes(way) && flush !== "every" ? 60 : 100;
      // What a flush has taken beyond what is promised is chance.
      return Math.min(most, ...KINDS.map((kind) => new Set(kept[kind]).size));
    };
    const ours = COLLECTORS.map((collector) => `${had([collector, "1000"])}`);
    const every = `${had(["up", "every"])}`;
    const arrived = new Set(plain.arrived.span).size;
    return `| ${way} | ${status ?? signal} | ${ours.join(" | ")} | ${every} | ${arrived} |`;
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
