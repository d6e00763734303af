import { createRequire } from "node:module";
import {
  context,
  diag,
  DiagConsoleLogger,
  DiagLogLevel,
  metrics,
  propagation,
  ProxyTracer,
  trace,
  type ContextManager,
  type TracerProvider,
} from "@opentelemetry/api";
import { logs } from "./logs-api.ts";
import type { LoggerProvider, LogRecordProcessor } from "@opentelemetry/sdk-logs";
import type { IMetricReader } from "@opentelemetry/sdk-metrics";
import type { SpanProcessor } from "@opentelemetry/sdk-trace";
import { lazyPropagator } from "./propagators.ts";
import { resourceOf, samplerFromEnvironment, spanLimitsFromEnvironment } from "./sdk-environment.ts";

/** What {@link startLazySdk} sets up. The functions are called when the first span, instrument or log record is made. */
export interface LazySdkParts {
  readonly serviceName?: string;
  readonly contextManager: ContextManager;
  readonly spanProcessors: readonly SpanProcessor[];
  /** Left out, no meter provider is registered. */
  readonly metricReaders?: () => readonly IMetricReader[];
  readonly logRecordProcessors?: () => readonly LogRecordProcessor[];
}

/** An SDK whose parts are loaded when they are first used. */
export interface LazySdk {
  /** Flushes and closes the providers that exist. */
  shutdown(): Promise<void>;
  forceFlush(): Promise<void>;
  /** Takes what is ours out of the globals, so that another set-up finds them free; what the application has registered since then stays. */
  unregister(): void;
  /** Lets the application's provider of a signal take our place, also behind tracers that were handed out before. */
  yield(signal: Signal, successor: unknown): void;
}

/** The globals of OpenTelemetry's API. */
export type Signal = "trace" | "metrics" | "logs" | "context" | "propagation";

// Required, not imported: the SDK's packages are CommonJS, and a first span in an `exit` handler cannot wait for an import.
const require = createRequire(import.meta.url);

/**
 * Registers providers at once and loads the SDK behind them on first use, so that an application starts as fast as without.
 * Reads the `OTEL_*` variables that NodeSDK reads for resource, sampler, limits, propagators and log level.
 */
export function startLazySdk(parts: LazySdkParts): LazySdk {
  const resource = lazy(() => resourceOf(parts.serviceName));
  const tracing = lazy(() => {
    const { TracerProvider } =
      require("@opentelemetry/sdk-trace") as typeof import("@opentelemetry/sdk-trace");
    const sampler = samplerFromEnvironment();
    return new TracerProvider({
      resource: resource.get(),
      spanProcessors: [...parts.spanProcessors],
      spanLimits: spanLimitsFromEnvironment(),
      ...(sampler === undefined ? {} : { sampler }),
    });
  });
  const metering = lazy(() => {
    const { MeterProvider } =
      require("@opentelemetry/sdk-metrics") as typeof import("@opentelemetry/sdk-metrics");
    return new MeterProvider({ resource: resource.get(), readers: [...(parts.metricReaders?.() ?? [])] });
  });
  const logging = lazy(() => {
    const { LoggerProvider } = require("@opentelemetry/sdk-logs") as typeof import("@opentelemetry/sdk-logs");
    return new LoggerProvider({
      resource: resource.get(),
      processors: [...(parts.logRecordProcessors?.() ?? [])],
    });
  });
  setDiagnostics();
  const ours = new Set<Signal>();
  let tracerSuccessor: TracerProvider | undefined;
  if (context.setGlobalContextManager(parts.contextManager.enable())) ours.add("context");
  if (propagation.setGlobalPropagator(lazyPropagator())) ours.add("propagation");
  const registered = trace.setGlobalTracerProvider({
    getTracer: (name, version, options) =>
      new ProxyTracer(
        { getDelegateTracer: (...of) => (tracerSuccessor ?? tracing.get()).getTracer(...of) },
        name,
        version,
        options,
      ),
  });
  if (registered) ours.add("trace");
  if (
    parts.metricReaders !== undefined &&
    metrics.setGlobalMeterProvider({ getMeter: (...of) => metering.get().getMeter(...of) })
  )
    ours.add("metrics");
  if (parts.logRecordProcessors !== undefined) {
    logs.setGlobalLoggerProvider({
      getLogger: (...of: Parameters<LoggerProvider["getLogger"]>) => logging.get().getLogger(...of),
    });
    ours.add("logs");
  }
  const apis = { trace, metrics, logs, context, propagation };
  const leave = (signal: Signal): void => {
    if (ours.delete(signal)) apis[signal].disable();
  };
  return {
    forceFlush: async () => {
      await Promise.all([
        tracing.made?.forceFlush(),
        metering.made?.forceFlush(),
        logging.made?.forceFlush(),
      ]);
    },
    shutdown: async () => {
      // Spans first: what became of them is a metric.
      await tracing.made?.shutdown();
      await Promise.all([metering.made?.shutdown(), logging.made?.shutdown()]);
    },
    unregister: () => {
      for (const signal of ours) leave(signal);
    },
    yield: (signal, successor) => {
      if (signal === "trace") tracerSuccessor ??= successor as TracerProvider;
      leave(signal);
    },
  };
}

function lazy<T>(make: () => T): { get(): T; readonly made: T | undefined } {
  let made: T | undefined;
  return {
    get: () => (made ??= make()),
    get made() {
      return made;
    },
  };
}

function setDiagnostics(): void {
  const level = process.env["OTEL_LOG_LEVEL"]?.toUpperCase();
  if (level !== undefined && level in DiagLogLevel)
    diag.setLogger(new DiagConsoleLogger(), {
      logLevel: DiagLogLevel[level as keyof typeof DiagLogLevel],
      suppressOverrideMessage: true,
    });
}
