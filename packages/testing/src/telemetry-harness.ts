import { context, metrics, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  TracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
  type SpanLimits,
} from "@opentelemetry/sdk-trace";

/** One point of a metric, flat. */
export interface MetricPoint {
  readonly name: string;
  readonly unit: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** A number, or count and sum of a histogram. */
  readonly value: number | { readonly count: number; readonly sum: number | undefined };
}

/** An OpenTelemetry set-up in memory, registered globally until it is shut down. */
export interface TelemetryHarness extends AsyncDisposable {
  /** Spans that have ended, in that order. */
  spans(): readonly ReadableSpan[];
  /** Collects now. */
  metrics(): Promise<MetricPoint[]>;
  shutdown(): Promise<void>;
}

/** How the harness is set up. */
export interface HarnessOptions {
  readonly spanLimits?: SpanLimits;
}

/**
 * Registers real providers that keep what they are given.
 *
 * ```ts
 * await using telemetry = createTelemetryHarness();
 * trackedRun({ label: "x" }, () => {});
 * telemetry.spans(); // [run started x, run x]
 * ```
 */
export function createTelemetryHarness(options: HarnessOptions = {}): TelemetryHarness {
  const spanExporter = new InMemorySpanExporter();
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({
    exporter: metricExporter,
    exportIntervalMillis: 2 ** 30,
  });
  const tracerProvider = new TracerProvider({
    spanProcessors: [new SimpleSpanProcessor({ exporter: spanExporter })],
    ...(options.spanLimits === undefined ? {} : { spanLimits: options.spanLimits }),
  });
  const meterProvider = new MeterProvider({ readers: [reader] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(tracerProvider);
  metrics.setGlobalMeterProvider(meterProvider);
  const shutdown = async (): Promise<void> => {
    trace.disable();
    metrics.disable();
    context.disable();
    await Promise.all([tracerProvider.shutdown(), meterProvider.shutdown()]);
  };
  return {
    spans: () => spanExporter.getFinishedSpans(),
    metrics: async () => {
      metricExporter.reset();
      await reader.forceFlush();
      return metricExporter.getMetrics().flatMap(flatten);
    },
    shutdown,
    [Symbol.asyncDispose]: shutdown,
  };
}

function flatten(resource: ReturnType<InMemoryMetricExporter["getMetrics"]>[number]): MetricPoint[] {
  return resource.scopeMetrics.flatMap(({ metrics: all }) =>
    all.flatMap(({ descriptor: { name, unit }, dataPoints }) =>
      dataPoints.map(({ attributes, value }) => ({
        name,
        unit,
        attributes,
        value: typeof value === "number" ? value : { count: value.count, sum: value.sum },
      })),
    ),
  );
}
