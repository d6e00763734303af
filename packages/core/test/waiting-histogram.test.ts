import { context, metrics, propagation, ROOT_CONTEXT } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
  type ViewOptions,
} from "@opentelemetry/sdk-metrics";
import { METRIC_QUERY_DURATION, METRIC_SCAN_DURATION } from "@pitot/semconv";
import { afterEach, expect, it } from "vitest";
import { histogramSeries, recordHistogram } from "../src/index.ts";

/** One series waits; the other, of the same buckets, is given to the SDK at once. */
const [WAITING, AT_ONCE] = [METRIC_QUERY_DURATION, METRIC_SCAN_DURATION];

function provider(temporality: AggregationTemporality, views: ViewOptions[] = []) {
  const exporter = new InMemoryMetricExporter(temporality);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 2 ** 30 });
  const meters = new MeterProvider({ readers: [reader], views });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  metrics.setGlobalMeterProvider(meters);
  return { exporter, reader, meters };
}
afterEach(() => {
  metrics.disable();
  context.disable();
});

/** Names, attributes and values of all exports, times left out. */
const exported = (exporter: InMemoryMetricExporter, name: string) =>
  exporter.getMetrics().map(({ scopeMetrics }) =>
    scopeMetrics
      .flatMap((scope) => scope.metrics)
      .filter(({ descriptor }) => descriptor.name === name)
      .flatMap(({ dataPoints }) => dataPoints.map(({ attributes, value }) => ({ attributes, value }))),
  );

it.each([AggregationTemporality.CUMULATIVE, AggregationTemporality.DELTA])(
  "collects what it would without a wait, temporality %i",
  async (temporality) => {
    const { exporter, reader, meters } = provider(temporality);
    for (const count of [1, 2, 128, 129, 130, 1000, 0, 3]) {
      for (let i = 0; i < count; i++)
        for (const set of [{ a: "x" }, { a: "y", b: i % 3 === 0 }]) {
          const value = [0, 1e-9, i / 7, Number.NaN, -1, 1e9][i % 6]!;
          histogramSeries({ [WAITING]: set }).record(value);
          recordHistogram(AT_ONCE, value, set);
        }
      await reader.forceFlush();
    }
    const ours = exported(exporter, WAITING);
    expect(ours).toEqual(exported(exporter, AT_ONCE));
    expect(ours.flat().length).toBeGreaterThan(10);
    // What asks for them is no metric itself.
    const names = exporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
      .map(({ descriptor }) => descriptor.name);
    expect([...new Set(names)].toSorted()).toEqual([WAITING, AT_ONCE].toSorted());
    await meters.shutdown();
  },
);

it("begins an interval with its first value", async () => {
  const { exporter, reader, meters } = provider(AggregationTemporality.DELTA);
  const record = (): void => {
    for (let i = 0; i < 5; i++) {
      histogramSeries({ [WAITING]: { a: "begin" } }).record(1);
      recordHistogram(AT_ONCE, 1, { a: "begin" });
    }
  };
  record();
  await reader.forceFlush();
  // An interval without values is none that the next could begin after.
  await reader.forceFlush();
  record();
  const measured = Date.now();
  while (Date.now() < measured + 20);
  await reader.forceFlush();
  const starts = exporter.getMetrics().flatMap(({ scopeMetrics }) =>
    scopeMetrics
      .flatMap((scope) => scope.metrics)
      .map(({ dataPoints }) => {
        const [seconds, nanoseconds] = dataPoints[0]!.startTime;
        return seconds * 1000 + nanoseconds / 1e6;
      }),
  );
  expect(starts).toHaveLength(4);
  for (const start of starts) expect(start).toBeLessThanOrEqual(measured);
  await meters.shutdown();
});

it("is collected by a provider's shutdown, and by the next provider after it", async () => {
  for (const count of [5, 7]) {
    const { exporter, meters } = provider(AggregationTemporality.CUMULATIVE);
    for (let i = 0; i < count; i++) histogramSeries({ [WAITING]: { a: "shutdown" } }).record(i);
    await meters.shutdown();
    expect(exported(exporter, WAITING)).toMatchObject([[{ value: { count } }]]);
    metrics.disable();
  }
});

it("hands what waits to the provider that takes over", async () => {
  provider(AggregationTemporality.CUMULATIVE);
  for (let i = 0; i < 5; i++) histogramSeries({ [WAITING]: { a: "over" } }).record(i);
  metrics.disable();
  const { exporter, meters } = provider(AggregationTemporality.CUMULATIVE);
  histogramSeries({ [WAITING]: { a: "over" } }).record(1);
  await meters.shutdown();
  // The first of the five went to the provider of that time.
  expect(exported(exporter, WAITING)).toMatchObject([[{ value: { count: 5 } }]]);
});

it("lets a view make attributes of the baggage of the measurement", async () => {
  const tenant = "tenant";
  const { exporter, meters } = provider(AggregationTemporality.CUMULATIVE, [
    {
      instrumentName: WAITING,
      attributesProcessors: [
        {
          process: (attributes, active) => ({
            ...attributes,
            [tenant]: propagation.getBaggage(active ?? ROOT_CONTEXT)?.getEntry(tenant)?.value ?? "none",
          }),
        },
      ],
    },
  ]);
  const record = () => histogramSeries({ [WAITING]: { a: "baggage" } }).record(1);
  for (const value of ["one", "two", undefined])
    for (let i = 0; i < 3; i++)
      if (value === undefined) record();
      else {
        const baggage = propagation.createBaggage({ [tenant]: { value } });
        context.with(propagation.setBaggage(ROOT_CONTEXT, baggage), record);
      }
  await meters.shutdown();
  expect(
    exported(exporter, WAITING)
      .flat()
      .map(({ attributes, value }) => [attributes[tenant], (value as { count: number }).count]),
  ).toEqual([
    ["one", 3],
    ["two", 3],
    ["none", 3],
  ]);
});
