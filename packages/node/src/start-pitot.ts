import { diag, ROOT_CONTEXT, type Context } from "@opentelemetry/api";
import type { SpanProcessor } from "@opentelemetry/sdk-trace";
import {
  aliveRuns,
  configureRecording,
  finishRun,
  flushRecords,
  PitotError,
  session,
  type RecordingOptions,
} from "@pitot/core";
// Not the whole package: reading, recovery and export are not needed to start.
import { SnapshotStore } from "@pitot/snapshot/store";
import { optionsFromEnvironment, sentSignals } from "./configuration.ts";
import { LateDelivery } from "./late-delivery.ts";
import type { Signal } from "./lazy-sdk.ts";
import { logs } from "./logs-api.ts";
import type { OtlpSignal } from "./otlp-exporters.ts";
import { otlpReachable } from "./otlp-reachable.ts";
import type { Pitot, PitotOptions } from "./pitot-options.ts";
import { watchProcessEnd } from "./process-end.ts";
import { SnapshotSpanProcessor } from "./snapshot-span-processor.ts";
import { hasProvider, isDisabled, startSdk } from "./start-sdk.ts";

/** A set-up as `register` needs it: ready to make room for the application's own SDK. */
export interface StartedPitot extends Pitot {
  readonly snapshotProcessor: SpanProcessor;
  /** Lets the application's provider of a signal take the place of ours. */
  yield(signal: Signal, successor: unknown): void;
}

/** What `register` adds to a set-up: the run of the process. */
export interface ProcessScope {
  /** The context of whatever is traced outside any other. */
  context(): Context;
  /** Makes the run be there before the set-up stops, which closes it. */
  ensure(): void;
  /** Flushes and closes providers that were set up for the process beside ours. */
  closeProviders(): Promise<void>;
}

const NO_PROCESS: ProcessScope = {
  context: () => ROOT_CONTEXT,
  ensure: () => {},
  closeProviders: async () => {},
};

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
  return await startFor(options, NO_PROCESS);
}

/** {@link startPitot} for `register`. */
export async function startFor(options: PitotOptions, scope: ProcessScope): Promise<StartedPitot> {
  const started = start(options, scope);
  running = started;
  try {
    return await started;
  } catch (error) {
    running = undefined;
    throw error;
  }
}

/** One process has one set of global providers, so it has one set-up. */
let running: Promise<Pitot> | undefined;

async function start(given: PitotOptions, scope: ProcessScope): Promise<StartedPitot> {
  const options = { ...optionsFromEnvironment(), ...given };
  const shutdownMs = options.shutdownMs ?? 5000;
  if (!(shutdownMs >= 0))
    throw new PitotError("INVALID_CONFIGURATION", "shutdownMs is not a time", {
      value: shutdownMs,
      remedy: "Give milliseconds of 0 or more.",
    });
  const mode = isDisabled() ? "disabled" : hasProvider() ? "attached" : "started";
  const otlp = mode === "started" && (await exportsOtlp(options)) ? sentSignals() : new Set<OtlpSignal>();
  const traceExporter = mode === "started" ? options.traceExporter : undefined;
  const store =
    options.snapshot === false
      ? undefined
      : new SnapshotStore({
          ...(options.snapshot === undefined ? {} : { directory: options.snapshot }),
          ...(options.flush === undefined ? {} : { flush: options.flush }),
          ...(options.serviceName === undefined ? {} : { serviceName: options.serviceName }),
          delivery: otlp.has("traces") || traceExporter !== undefined ? "otlp" : "none",
          logDelivery: otlp.has("logs") ? "otlp" : "none",
        });
  const delivery = new LateDelivery({
    otlp,
    traceExporter,
    store,
    serviceName: options.serviceName,
    retention: options.retention,
  });
  const recorded: RecordingOptions = {
    ...options,
    targets: store === undefined ? [] : [store, ...delivery.recordTargets],
    logEmitter: { emit: (record) => logs.getLogger("pitot").emit(record) },
    ...(store === undefined ? {} : { flushMs: store.flushMs }),
  };
  const restore = configureRecording(recorded);
  const snapshotProcessor = new SnapshotSpanProcessor(store);
  const sdk =
    mode === "started"
      ? startSdk(options, store, snapshotProcessor, delivery, () => scope.context())
      : undefined;
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    scope.ensure();
    for (const run of aliveRuns()) finishRun(run, { status: "aborted" });
    session.close();
    store?.abortOpenSpans();
    // A process that is given up on while it waits for a back end must find all of it on disk.
    store?.flush();
    const until = performance.now() + shutdownMs;
    const left = (): number => Math.max(0, until - performance.now());
    const flushed = await within(left(), delivery.flush());
    if (!flushed) delivery.giveUp();
    await store?.close();
    if (flushed) await within(left(), delivery.replayOwn());
    delivery.stopUpkeep();
    // Spans first: what became of them is a metric.
    const closing = sdk?.shutdown() ?? scope.closeProviders();
    if (!(await within(left(), closing))) {
      diag.warn(`pitot: back ends did not answer within ${shutdownMs} ms`);
      delivery.giveUp();
      // What was under way is written to disk as soon as it has been stopped.
      await within(100, closing);
    }
    delivery.closeMetrics();
    sdk?.unregister();
    await store?.close();
    unwatch();
    running = undefined;
    restore();
  };
  const shutdown = (): Promise<void> => (stopped ??= stop());
  const unwatch = watchProcessEnd({
    flush: (deadline) => store?.flush(deadline),
    checkpoint: () => {
      store?.checkpoint();
      delivery.checkpointMetrics();
    },
    abortSpans: () => store?.abortOpenSpans(),
    spillLast: () => delivery.spillLast(),
    writeAtOnce: () => {
      store?.writeAtOnce();
      configureRecording({ ...recorded, flushMs: 0 });
    },
    shutdown,
    boundMs: Math.min(shutdownMs, 2000),
  });
  return {
    mode,
    exporting: otlp.size > 0,
    snapshotDirectory: store?.directory,
    snapshotProcessor,
    yield: (signal, successor) => sdk?.yield(signal, successor),
    flush: async () => {
      flushRecords();
      if (sdk !== undefined) await within(shutdownMs, sdk.forceFlush());
      store?.flush();
    },
    shutdown,
    [Symbol.asyncDispose]: shutdown,
  };
}

/** False where the time was up first. */
async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<false>((resolve) => {
    // A longer time a timer takes for none.
    timer = setTimeout(() => resolve(false), Math.min(ms, 2 ** 31 - 1));
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
}

async function exportsOtlp({ otlp }: PitotOptions): Promise<boolean> {
  return otlp === "auto" || otlp === undefined ? await otlpReachable() : otlp;
}
