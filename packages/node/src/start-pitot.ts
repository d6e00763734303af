import { diag, metrics, ProxyTracerProvider, trace } from "@opentelemetry/api";
import { logs } from "@opentelemetry/api-logs";
import type { IMetricReader } from "@opentelemetry/sdk-metrics";
import { NodeSDK } from "@opentelemetry/sdk-node";
import type { SpanExporter } from "@opentelemetry/sdk-trace-base";
import { aliveRuns, configureRecording, finishRun, PitotError, type RecordingOptions } from "@pitot/core";
import { SnapshotStore, type RetentionLimits } from "@pitot/snapshot";
import { Delivery } from "./delivery.ts";
import { otlpReachable } from "./otlp-exporters.ts";
import { watchProcessEnd } from "./process-end.ts";
import { SnapshotLogProcessor } from "./snapshot-log-processor.ts";
import { SnapshotSpanProcessor } from "./snapshot-span-processor.ts";

/** How Pitot is set up. All optional; `OTEL_*` variables are honoured as the SDK does, `PITOT_*` where OTel has no name. */
export interface PitotOptions extends Omit<RecordingOptions, "targets" | "logEmitter" | "flushMs"> {
  /** Default `OTEL_SERVICE_NAME`. */
  readonly serviceName?: string;
  /** Folder of the snapshots, or false for none. Default `PITOT_DIR`, else `.pitot`. */
  readonly snapshot?: string | false;
  /**
   * Longest time in ms that a record waits in memory, and that what was written waits to be forced to the disk; `every` writes and forces
   * each batch at once, so that power loss takes nothing either. Default `PITOT_FLUSH`, else 1,000.
   */
  readonly flush?: number | "every";
  /** Bounds of the snapshot folder, kept in the background: by age, number and bytes. Default: everything is kept. */
  readonly retention?: RetentionLimits;
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
 * An application with an SDK of its own adds `new SnapshotSpanProcessor(store)` and `new SnapshotLogProcessor(store)` to it, where it wants
 * spans and logs in snapshots too.
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
  const attached = hasProvider();
  const otlp = attached ? false : await exportsOtlp(options);
  const store =
    options.snapshot === false
      ? undefined
      : new SnapshotStore({
          ...(options.snapshot === undefined ? {} : { directory: options.snapshot }),
          ...(options.flush === undefined ? {} : { flush: options.flush }),
          ...serviceName(options),
          delivery: otlp || (!attached && options.traceExporter !== undefined) ? "otlp" : "none",
        });
  const restore = configureRecording({
    ...options,
    records: options.records ?? (process.env["PITOT_RECORDS"] as "span" | undefined) ?? "span",
    targets: store === undefined ? [] : [store],
    logEmitter: { emit: (record) => logs.getLogger("pitot").emit(record) },
    ...(store === undefined ? {} : { flushMs: store.flushMs }),
  });
  let delivery: Delivery;
  try {
    delivery = new Delivery({
      otlp,
      traceExporter: attached ? undefined : options.traceExporter,
      store,
      serviceName: serviceName(options).serviceName,
      retention: options.retention,
    });
  } catch (error) {
    restore();
    throw error;
  }
  const sdk = attached ? undefined : startSdk(options, store, delivery);
  /** False where the time was up first. */
  const within = async (ms: number, work: Promise<unknown>): Promise<boolean> => {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), ms);
    });
    const done = work.then(
      () => true,
      (error: unknown) => {
        diag.warn("pitot: shutdown", error);
        return true;
      },
    );
    const inTime = await Promise.race([done, timeout]);
    clearTimeout(timer);
    return inTime;
  };
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    for (const run of aliveRuns()) finishRun(run, { status: "aborted" });
    store?.abortOpenSpans();
    const until = performance.now() + shutdownMs;
    const left = (): number => Math.max(0, until - performance.now());
    const flushed = await within(left(), delivery.flushSpans());
    if (!flushed) delivery.giveUp();
    await store?.close();
    if (flushed) await within(left(), delivery.replayOwn());
    delivery.stopUpkeep();
    // Spans first: what became of them is a metric.
    const closing = sdk?.shutdown() ?? Promise.resolve();
    if (!(await within(left(), closing))) {
      diag.warn(`pitot: back ends did not answer within ${shutdownMs} ms`);
      delivery.giveUp();
      // What was under way is written to disk as soon as it has been stopped.
      await within(100, closing);
    }
    sdk?.unregister();
    await store?.close();
    unwatch();
    running = undefined;
    restore();
  };
  const shutdown = (): Promise<void> => (stopped ??= stop());
  const unwatch = watchProcessEnd({
    flush: () => {
      store?.flush();
      delivery.spill();
    },
    abortSpans: () => store?.abortOpenSpans(),
    shutdown,
    boundMs: Math.min(shutdownMs, 2000),
  });
  return {
    mode: attached ? "attached" : "started",
    exporting: otlp,
    snapshotDirectory: store?.directory,
    flush: async () => {
      if (sdk !== undefined) await within(shutdownMs, Promise.all([delivery.flushSpans(), sdk.flush()]));
      store?.flush();
    },
    shutdown,
    [Symbol.asyncDispose]: shutdown,
  };
}

interface RunningSdk {
  flush(): Promise<void>;
  shutdown(): Promise<void>;
  /** Takes the providers out of the globals, whether or not their back ends have answered. */
  unregister(): void;
}

function startSdk(options: PitotOptions, store: SnapshotStore | undefined, delivery: Delivery): RunningSdk {
  const readers = [...(options.metricReaders ?? []), ...delivery.metricReaders];
  const sdk = new NodeSDK({
    ...serviceName(options),
    spanProcessors: [new SnapshotSpanProcessor(store), ...delivery.spanProcessors],
    metricReaders: readers,
    logRecordProcessors: [
      ...(store === undefined ? [] : [new SnapshotLogProcessor(store)]),
      ...delivery.logProcessors,
    ],
    instrumentations: [],
  });
  sdk.start();
  return {
    flush: async () => {
      await Promise.all([...readers, ...delivery.logProcessors].map((part) => part.forceFlush()));
    },
    shutdown: async () => await sdk.shutdown(),
    unregister: () => {
      trace.disable();
      metrics.disable();
      logs.disable();
    },
  };
}

async function exportsOtlp({ otlp }: PitotOptions): Promise<boolean> {
  return otlp === "auto" || otlp === undefined ? await otlpReachable() : otlp;
}

function serviceName(options: PitotOptions): { serviceName?: string } {
  const name = options.serviceName ?? process.env["OTEL_SERVICE_NAME"];
  return name === undefined || name === "" ? {} : { serviceName: name };
}

function hasProvider(): boolean {
  const provider = trace.getTracerProvider();
  if (!(provider instanceof ProxyTracerProvider)) return true;
  return provider.getDelegate().constructor.name !== "NoopTracerProvider";
}
