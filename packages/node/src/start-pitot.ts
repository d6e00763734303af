import { createRequire } from "node:module";
import {
  diag,
  ProxyTracerProvider,
  ROOT_CONTEXT,
  trace,
  type Context,
} from "@opentelemetry/api";
import { logs } from "@opentelemetry/api-logs";
import type { IMetricReader } from "@opentelemetry/sdk-metrics";
import type { SpanExporter, SpanProcessor } from "@opentelemetry/sdk-trace";
import { aliveRuns, configureRecording, finishRun, PitotError, type RecordingOptions } from "@pitot/core";
import { SnapshotStore } from "@pitot/snapshot";
import { optionsFromEnvironment } from "./configuration.ts";
import { DeferredLogExporter, DeferredMetricExporter } from "./deferred-exporters.ts";
import { DeferredSpanProcessor } from "./deferred-span-processor.ts";
import { startLazySdk, type LazySdk, type Signal } from "./lazy-sdk.ts";
import type { OtlpExporters } from "./otlp-exporters.ts";
import { ProcessContextManager } from "./process-context.ts";
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
  /** `started` an SDK of its own, `attached` to the one that the application had registered, or `disabled` by `OTEL_SDK_DISABLED`. */
  readonly mode: "started" | "attached" | "disabled";
  /** True where OTLP is sent by Pitot. */
  readonly exporting: boolean;
  readonly snapshotDirectory: string | undefined;
  /** Sends and writes what waits. Bounded; never rejects. */
  flush(): Promise<void>;
  /** Closes runs under way as aborted, delivers, compacts. Bounded, idempotent, never rejects. */
  shutdown(): Promise<void>;
}

/** A set-up as `register` needs it: made in one tick, and ready to make room for the application's own SDK. */
export interface StartedPitot extends Pitot {
  readonly snapshotProcessor: SpanProcessor;
  /** Lets the application's provider of a signal take the place of ours. */
  yield(signal: Signal): void;
}

const require = createRequire(import.meta.url);

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
let running: Promise<Pitot> | Pitot | undefined;

async function start(options: PitotOptions): Promise<Pitot> {
  const merged = { ...optionsFromEnvironment(), ...options };
  return setUp(merged, await reachable(merged.otlp ?? "auto"), () => ROOT_CONTEXT);
}

/**
 * What `register` starts: the same set-up, in one tick. Whether a Collector listens is asked when there is something to send.
 * @param processContext the context of whatever is traced outside any other
 * @throws PitotError INVALID_CONFIGURATION
 */
export function startPitotAtOnce(options: PitotOptions, processContext: () => Context): StartedPitot {
  const merged = { ...options, ...optionsFromEnvironment() };
  const otlp = merged.otlp ?? "auto";
  const pitot = setUp(merged, otlp === "auto" ? lazily(() => reachable(otlp)) : otlp, processContext);
  running = pitot;
  return pitot;
}

/** True, false, or a question that is asked once, when the answer is needed. */
type Exporting = boolean | (() => Promise<boolean>);

function setUp(options: PitotOptions, exporting: Exporting, processContext: () => Context): StartedPitot {
  const shutdownMs = options.shutdownMs ?? 5000;
  if (!(shutdownMs >= 0))
    throw new PitotError("INVALID_CONFIGURATION", "shutdownMs is not a time", {
      value: shutdownMs,
      remedy: "Give milliseconds of 0 or more.",
    });
  const disabled = process.env["OTEL_SDK_DISABLED"]?.trim().toLowerCase() === "true";
  const store =
    options.snapshot === false
      ? undefined
      : new SnapshotStore({
          ...(options.snapshot === undefined ? {} : { directory: options.snapshot }),
          ...(options.serviceName === undefined ? {} : { serviceName: options.serviceName }),
        });
  const restore = configureRecording({
    ...options,
    targets: store === undefined ? [] : [store],
    logEmitter: { emit: (record) => logs.getLogger("pitot").emit(record) },
  });
  const mode = disabled ? "disabled" : hasProvider() ? "attached" : "started";
  const snapshotProcessor = new SnapshotSpanProcessor(store);
  const answer = { exporting: mode === "started" && exporting === true };
  const sdk =
    mode === "started"
      ? startSdk(options, exporting, snapshotProcessor, processContext, answer)
      : undefined;
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
    mode,
    get exporting() {
      return answer.exporting;
    },
    snapshotDirectory: store?.directory,
    snapshotProcessor,
    yield: (signal) => sdk?.yield(signal),
    flush: async () => {
      if (sdk !== undefined) await bounded(sdk.forceFlush());
      store?.flush();
    },
    shutdown,
    [Symbol.asyncDispose]: shutdown,
  };
}

function startSdk(
  options: PitotOptions,
  exporting: Exporting,
  snapshot: SpanProcessor,
  processContext: () => Context,
  answer: { exporting: boolean },
): LazySdk {
  const exporters = lazily(async (): Promise<OtlpExporters | undefined> => {
    answer.exporting = exporting === true || (exporting !== false && (await exporting()));
    if (!answer.exporting) return undefined;
    const { otlpExporters } = await import("./otlp-exporters.ts");
    return await otlpExporters();
  });
  const delivery = new DeferredSpanProcessor(async () => {
    const exporter = options.traceExporter ?? (await exporters())?.traces;
    if (exporter === undefined) return undefined;
    const { DeliverySpanProcessor } = await import("./delivery-span-processor.ts");
    return new DeliverySpanProcessor(exporter);
  });
  const { AsyncLocalStorageContextManager } =
    require("@opentelemetry/context-async-hooks") as typeof import("@opentelemetry/context-async-hooks");
  const readers = options.metricReaders ?? [];
  return startLazySdk({
    ...(options.serviceName === undefined ? {} : { serviceName: options.serviceName }),
    contextManager: new ProcessContextManager(new AsyncLocalStorageContextManager(), processContext),
    spanProcessors: [
      snapshot,
      ...(exporting === false && options.traceExporter === undefined ? [] : [delivery]),
    ],
    ...(exporting === false && readers.length === 0
      ? {}
      : {
          metricReaders: () => [
            ...readers,
            ...(exporting === false ? [] : [metricReader(async () => (await exporters())?.metrics)]),
          ],
        }),
    ...(exporting === false
      ? {}
      : { logRecordProcessors: () => [logProcessor(async () => (await exporters())?.logs)] }),
  });
}

function metricReader(load: ConstructorParameters<typeof DeferredMetricExporter>[0]): IMetricReader {
  const { PeriodicExportingMetricReader } =
    require("@opentelemetry/sdk-metrics") as typeof import("@opentelemetry/sdk-metrics");
  // The SDK reads the variable only for readers that it makes itself.
  const interval = Number(process.env["OTEL_METRIC_EXPORT_INTERVAL"] || 60_000);
  return new PeriodicExportingMetricReader({
    exporter: new DeferredMetricExporter(load),
    exportIntervalMillis: interval,
    exportTimeoutMillis: Math.min(interval, 30_000),
  });
}

function logProcessor(
  load: ConstructorParameters<typeof DeferredLogExporter>[0],
): import("@opentelemetry/sdk-logs").LogRecordProcessor {
  const { BatchLogRecordProcessor } = require("@opentelemetry/sdk-logs") as typeof import("@opentelemetry/sdk-logs");
  return new BatchLogRecordProcessor({ exporter: new DeferredLogExporter(load) });
}

async function reachable(otlp: boolean | "auto"): Promise<boolean> {
  if (otlp !== "auto") return otlp;
  const { otlpReachable } = await import("./otlp-exporters.ts");
  return await otlpReachable();
}

function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

/** True where the application, or an agent before us, has registered a tracer provider. */
export function hasProvider(): boolean {
  const provider = trace.getTracerProvider();
  if (!(provider instanceof ProxyTracerProvider)) return true;
  return provider.getDelegate().constructor.name !== "NoopTracerProvider";
}
