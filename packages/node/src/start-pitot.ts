import { diag, metrics, ProxyTracerProvider, trace } from "@opentelemetry/api";
import { logs } from "./logs-api.ts";
import { BatchLogRecordProcessor } from "@opentelemetry/sdk-logs";
import { PeriodicExportingMetricReader, type IMetricReader } from "@opentelemetry/sdk-metrics";
import { NodeSDK } from "@opentelemetry/sdk-node";
import type { SpanExporter } from "@opentelemetry/sdk-trace";
import { aliveRuns, configureRecording, finishRun, PitotError, type RecordingOptions } from "@pitot/core";
import { SnapshotStore } from "@pitot/snapshot";
import { DeliverySpanProcessor } from "./delivery-span-processor.ts";
import { otlpExporters, otlpReachable } from "./otlp-exporters.ts";
import { watchProcessEnd } from "./process-end.ts";
import { SnapshotSpanProcessor } from "./snapshot-span-processor.ts";

/** How Pitot is set up. All optional; `OTEL_*` variables are honoured as the SDK does, `PITOT_*` where OTel has no name. */
export interface PitotOptions extends Omit<RecordingOptions, "targets" | "logEmitter"> {
  /** Default `OTEL_SERVICE_NAME`. */
  readonly serviceName?: string;
  /** Folder of the snapshots, or false for none. Default `PITOT_DIR`, else `.pitot`. */
  readonly snapshot?: string | false;
  /** `auto` (default): export where an endpoint is set in the environment or a Collector listens on port 4318. */
  readonly otlp?: boolean | "auto";
  /** Sends spans instead of the OTLP exporter. */
  readonly traceExporter?: SpanExporter;
  /** Reads metrics beside the OTLP exporter. */
  readonly metricReaders?: readonly IMetricReader[];
  /** Longest time in ms that `shutdown` waits for back ends. Default 5,000. */
  readonly shutdownMs?: number;
}

/** A running set-up. */
export interface Pitot extends AsyncDisposable {
  /** `started` an SDK of its own, `attached` to the one that the application had registered. */
  readonly mode: "started" | "attached";
  /** True where OTLP is sent by Pitot. */
  readonly exporting: boolean;
  readonly snapshotDirectory: string | undefined;
  /** Sends and writes what waits. Bounded; never rejects. */
  flush(): Promise<void>;
  /** Closes runs under way as aborted, delivers, compacts. Bounded, idempotent, never rejects. */
  shutdown(): Promise<void>;
}

/**
 * Sets up traces, metrics, logs and snapshots for this process, or attaches to the OpenTelemetry SDK that it has registered.
 *
 * ```ts
 * await using pitot = await startPitot({ serviceName: "nightly" });
 * ```
 *
 * An application with an SDK of its own adds `new SnapshotSpanProcessor(store)` to it, where it wants spans in snapshots too.
 *
 * @throws PitotError INVALID_CONFIGURATION, naming option or variable and value
 */
export async function startPitot(options: PitotOptions = {}): Promise<Pitot> {
  if (running !== undefined) {
    diag.warn(
      "pitot: startPitot was called again; the set-up that runs stays, and the options of the second call are not used",
    );
    return await running;
  }
  running = start(options);
  try {
    return await running;
  } catch (error) {
    running = undefined;
    throw error;
  }
}

/** One process has one set of global providers, so it has one set-up. */
let running: Promise<Pitot> | undefined;

async function start(options: PitotOptions): Promise<Pitot> {
  const shutdownMs = options.shutdownMs ?? 5000;
  if (!(shutdownMs >= 0))
    throw new PitotError("INVALID_CONFIGURATION", "shutdownMs is not a time", {
      value: shutdownMs,
      remedy: "Give milliseconds of 0 or more.",
    });
  const store =
    options.snapshot === false
      ? undefined
      : new SnapshotStore({
          ...(options.snapshot === undefined ? {} : { directory: options.snapshot }),
          ...serviceName(options),
        });
  const restore = configureRecording({
    ...options,
    records: options.records ?? (process.env["PITOT_RECORDS"] as "span" | undefined) ?? "span",
    targets: store === undefined ? [] : [store],
    logEmitter: { emit: (record) => logs.getLogger("pitot").emit(record) },
  });
  const attached = hasProvider();
  const sdk = attached ? undefined : await startSdk(options, store);
  const bounded = async (work: Promise<unknown>): Promise<void> => {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        diag.warn(`pitot: back ends did not answer within ${shutdownMs} ms`);
        resolve();
      }, shutdownMs);
    });
    await Promise.race([work.catch((error: unknown) => diag.warn("pitot: shutdown", error)), timeout]);
    clearTimeout(timer);
  };
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    for (const run of aliveRuns()) finishRun(run, { status: "aborted" });
    if (sdk !== undefined) await bounded(sdk.shutdown());
    sdk?.unregister();
    await store?.close();
    unwatch();
    running = undefined;
    restore();
  };
  const shutdown = (): Promise<void> => (stopped ??= stop());
  const unwatch = watchProcessEnd({
    flush: () => store?.flush(),
    shutdown,
    boundMs: Math.min(shutdownMs, 2000),
  });
  return {
    mode: attached ? "attached" : "started",
    exporting: sdk?.exporting ?? false,
    snapshotDirectory: store?.directory,
    flush: async () => {
      if (sdk !== undefined) await bounded(sdk.flush());
      store?.flush();
    },
    shutdown,
    [Symbol.asyncDispose]: shutdown,
  };
}

interface RunningSdk {
  readonly exporting: boolean;
  flush(): Promise<void>;
  shutdown(): Promise<void>;
  /** Takes the providers out of the globals, whether or not their back ends have answered. */
  unregister(): void;
}

async function startSdk(options: PitotOptions, store: SnapshotStore | undefined): Promise<RunningSdk> {
  const exporting =
    options.otlp === "auto" || options.otlp === undefined ? await otlpReachable() : options.otlp;
  const exporters = exporting ? await otlpExporters() : undefined;
  const traces = options.traceExporter ?? exporters?.traces;
  const delivery = traces === undefined ? undefined : new DeliverySpanProcessor(traces);
  const readers = [...(options.metricReaders ?? [])];
  if (exporters !== undefined)
    readers.push(new PeriodicExportingMetricReader({ exporter: exporters.metrics, ...metricInterval() }));
  const sdk = new NodeSDK({
    ...serviceName(options),
    spanProcessors: [new SnapshotSpanProcessor(store), ...(delivery === undefined ? [] : [delivery])],
    metricReaders: readers,
    logRecordProcessors:
      exporters === undefined ? [] : [new BatchLogRecordProcessor({ exporter: exporters.logs })],
    instrumentations: [],
  });
  sdk.start();
  return {
    exporting,
    flush: async () => {
      await Promise.all([delivery?.forceFlush(), ...readers.map((reader) => reader.forceFlush())]);
    },
    shutdown: async () => {
      // Spans first: what became of them is a metric.
      await delivery?.forceFlush();
      await sdk.shutdown();
    },
    unregister: () => {
      trace.disable();
      metrics.disable();
      logs.disable();
    },
  };
}

function serviceName(options: PitotOptions): { serviceName?: string } {
  const name = options.serviceName ?? process.env["OTEL_SERVICE_NAME"];
  return name === undefined || name === "" ? {} : { serviceName: name };
}

/** The SDK reads the variable only for readers that it makes itself. */
function metricInterval(): { exportIntervalMillis?: number; exportTimeoutMillis?: number } {
  const text = process.env["OTEL_METRIC_EXPORT_INTERVAL"];
  if (text === undefined || text === "") return {};
  const value = Number(text);
  if (!Number.isInteger(value) || value <= 0)
    throw new PitotError(
      "INVALID_CONFIGURATION",
      "OTEL_METRIC_EXPORT_INTERVAL is not a number of milliseconds",
      { value: text, remedy: "Give a whole number above 0." },
    );
  return { exportIntervalMillis: value, exportTimeoutMillis: Math.min(value, 30_000) };
}

function hasProvider(): boolean {
  const provider = trace.getTracerProvider();
  if (!(provider instanceof ProxyTracerProvider)) return true;
  return provider.getDelegate().constructor.name !== "NoopTracerProvider";
}
