import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { listRuns, readRun } from "@pitot/snapshot";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startBackends, type Backends } from "../src/backends/start-backends.ts";
import { jaegerTrace, spanEvents, type JaegerSpan } from "../src/jaeger-trace.ts";

const run = promisify(execFile);
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "pitot-e2e-"));
const app = here("fixtures/unmodified.mjs");
let backends: Backends;
let shown: Shown;
let spans: JaegerSpan[];

/** The parts of `pitot show --json` that are looked at. */
interface Shown {
  readonly manifest: { readonly run: { readonly status: string } };
  readonly datasets: readonly {
    readonly direction: string;
    readonly dataset: string;
    readonly format: string;
  }[];
  readonly scans: readonly { readonly dataset: string }[];
  readonly spans: readonly {
    readonly span_id: string;
    readonly parent_span_id: string | null;
    readonly name: string;
    readonly attributes: Readonly<Record<string, unknown>>;
  }[];
}

beforeAll(async () => {
  writeFileSync(
    join(folder, "orders.parquet"),
    new Uint8Array(
      parquetWriteBuffer({
        rowGroupSize: 1000,
        columnData: [
          { name: "id", type: "INT32", data: Int32Array.from({ length: 4000 }, (_, i) => i) },
          { name: "amount", type: "DOUBLE", data: Float64Array.from({ length: 4000 }, (_, i) => i / 2) },
        ],
      }),
    ),
  );
  backends = await startBackends({ ports: "free" });
  const env = {
    ...process.env,
    PITOT_DIR: join(folder, "pitot"),
    OTEL_EXPORTER_OTLP_ENDPOINT: backends.otlp,
  };
  const bare = await run(process.execPath, [app, folder]);
  const registered = await run(
    process.execPath,
    ["--import", import.meta.resolve("pitot/register"), app, folder],
    { env },
  );
  expect(registered).toEqual(bare);
  const show = await run(process.execPath, [here("../../cli/bin/pitot.js"), "show", "--json"], { env });
  shown = JSON.parse(show.stdout) as Shown;
  const directory = join(folder, "pitot");
  const table = await readRun(directory, listRuns(directory)[0]!).table("spans");
  const traceId = String(table!.getChild("trace_id")!.get(0));
  spans = await jaegerTrace(backends.jaeger, traceId, shown.spans.length);
});
afterAll(async () => {
  await backends?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("a script that knows nothing of Pitot, with the one flag", () => {
  it("is the same tree in Jaeger and in pitot show", () => {
    const tree = (all: readonly { id: string; parent: string | undefined; name: string }[]): string[] =>
      all
        .map(({ name, parent }) => `${all.find(({ id }) => id === parent)?.name ?? "-"} > ${name}`)
        .toSorted();
    const label = "run @pitot/e2e/unmodified";
    const wanted = [
      `- > ${label}`,
      ...[
        "APPEND orders",
        "CREATE TABLE orders",
        "SELECT orders",
        "arrow encode",
        "run started @pitot/e2e/unmodified",
        "scan orders",
      ].map((name) => `${label} > ${name}`),
    ];
    const fromJaeger = spans.map(({ spanID, operationName, references }) => ({
      id: spanID,
      parent: references[0]?.spanID,
      name: operationName,
    }));
    const fromShow = shown.spans.map(({ span_id, parent_span_id, name }) => ({
      id: span_id,
      parent: parent_span_id ?? undefined,
      name,
    }));
    expect(tree(fromJaeger)).toEqual(wanted);
    expect(tree(fromShow)).toEqual(wanted);
    expect(shown.manifest.run.status).toBe("completed");
  });

  it.each([
    [
      "scan orders",
      {
        "pitot.scan.row_groups.total": 4,
        "pitot.scan.row_groups.read": 1,
        "pitot.scan.row_groups.skipped": 3,
        "pitot.scan.rows.scanned": 1000,
        "pitot.scan.rows.matched": 1000,
      },
    ],
    [
      "SELECT orders",
      {
        "db.system.name": "duckdb",
        "db.operation.name": "SELECT",
        "db.query.summary": "SELECT orders",
        "db.response.returned_rows": 10,
      },
    ],
    ["APPEND orders", { "db.system.name": "duckdb", "pitot.query.changed_rows": 1000 }],
    ["arrow encode", { "pitot.dataset.rows": 10, "pitot.dataset.columns": 2 }],
  ])("tells of %s what it did", (name, attributes) => {
    const span = spans.find(({ operationName }) => operationName === name);
    expect(Object.fromEntries(span?.tags.map(({ key, value }) => [key, value]) ?? [])).toMatchObject(
      attributes,
    );
    expect(shown.spans.find((other) => other.name === name)?.attributes).toMatchObject(attributes);
  });

  it("has its files as inputs and outputs", () => {
    const wanted = [
      ["input", "orders", "parquet"],
      ["output", "shops", "arrow"],
    ];
    const names = spans
      .flatMap(spanEvents)
      .filter((event) => String(event["pitot.event.name"]).startsWith("dataset."))
      .toSorted((a, b) => Number(a["pitot.record.seq"]) - Number(b["pitot.record.seq"]));
    expect(
      names.map((event) => [
        String(event["pitot.event.name"]).replace("dataset.", ""),
        event["pitot.payload.dataset"],
        event["pitot.payload.format"],
      ]),
    ).toEqual(wanted);
    expect(shown.datasets.map(({ direction, dataset, format }) => [direction, dataset, format])).toEqual(
      wanted,
    );
    expect(shown.scans).toMatchObject([{ dataset: "orders" }]);
  });
});
