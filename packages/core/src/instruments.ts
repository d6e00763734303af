import {
  metrics,
  type Attributes,
  type Histogram,
  type Meter,
  type MeterProvider,
  type ObservableCounter,
  type UpDownCounter,
} from "@opentelemetry/api";
import { METRIC_RECORDS, METRICS, type MetricDefinition } from "@pitot/semconv";
import { registeredApi } from "./registered-api.ts";

/** The sums of one counter by attribute set. */
type Cells = Map<string, { attributes: Attributes; value: number }>;

const definitions = new Map<string, MetricDefinition>(METRICS.map((metric) => [metric.name, metric]));

/** Values that the SDK has not been given yet. */
interface Waiting {
  flush(): void;
}

interface MeterInstruments {
  readonly meter: Meter;
  readonly histograms: Map<string, Histogram>;
  readonly upDown: Map<string, UpDownCounter>;
  readonly observed: Set<string>;
  /** What is flushed when the provider collects next; undefined until something waits. */
  waiting: Set<Waiting> | undefined;
}

// OTel has no proxy for metrics: what is made before a provider is registered stays a no-op for ever.
const perProvider = new WeakMap<object, MeterInstruments>();
const cells = new Map<string, Cells>();

let last: { readonly registered: MeterProvider; readonly instruments: MeterInstruments } | undefined;

/** The meter of the provider that is registered now. */
export function currentInstruments(): MeterInstruments {
  const registered = registeredApi()?.metrics;
  if (registered !== undefined && registered === last?.registered) return last.instruments;
  const provider = metrics.getMeterProvider();
  let instruments = perProvider.get(provider);
  if (instruments === undefined) {
    instruments = {
      meter: provider.getMeter("pitot"),
      histograms: new Map(),
      upDown: new Map(),
      observed: new Set(),
      waiting: undefined,
    };
    perProvider.set(provider, instruments);
  }
  if (registered !== undefined) last = { registered, instruments };
  return instruments;
}

/** Records a duration or size on one of Pitot's histograms. */
export function recordHistogram(name: string, value: number, attributes: Attributes): void {
  const { meter, histograms } = currentInstruments();
  let histogram = histograms.get(name);
  if (histogram === undefined) {
    const { unit, brief, buckets } = definitions.get(name) ?? {};
    histogram = meter.createHistogram(name, {
      ...(unit === undefined ? {} : { unit }),
      ...(brief === undefined ? {} : { description: brief }),
      ...(buckets === undefined ? {} : { advice: { explicitBucketBoundaries: [...buckets] } }),
    });
    histograms.set(name, histogram);
  }
  histogram.record(value, attributes);
}

/** Moves one of Pitot's up-down counters. */
export function addUpDown(name: string, delta: number, attributes: Attributes): void {
  const { meter, upDown } = currentInstruments();
  let counter = upDown.get(name);
  if (counter === undefined) {
    const { unit = "", brief = "" } = definitions.get(name) ?? {};
    counter = meter.createUpDownCounter(name, { unit, description: brief });
    upDown.set(name, counter);
  }
  counter.add(delta, attributes);
}

/** Adds to one of Pitot's counters; the value is read by OTel when it collects. */
export function addCounter(name: string, delta: number, attributes: Attributes): void {
  counterOf(name, attributes)(delta);
}

/** {@link addCounter} for one attribute set, looked up once. */
export function counterOf(name: string, attributes: Attributes): (delta: number) => void {
  const found = cell(name, attributes);
  return (delta) => {
    found.value += delta;
    observe(name);
  };
}

/** Has `waiting` flushed when the provider of now collects next, which it is asked for once. Returns that provider's instruments. */
export function beforeCollection(waiting: Waiting): object {
  const instruments = currentInstruments();
  let all = instruments.waiting;
  if (all === undefined) {
    const asked = (all = instruments.waiting = new Set());
    // Observable instruments are asked before the others are collected. This one observes nothing here, and is no metric by that.
    observableCounter(instruments, METRIC_RECORDS).addCallback(() => {
      for (const one of asked) one.flush();
      asked.clear();
    });
  }
  all.add(waiting);
  return instruments;
}

function cell(name: string, attributes: Attributes): { value: number } {
  let ofName = cells.get(name);
  if (ofName === undefined) cells.set(name, (ofName = new Map()));
  const key = JSON.stringify(attributes);
  let found = ofName.get(key);
  if (found === undefined) ofName.set(key, (found = { attributes, value: 0 }));
  return found;
}

function observe(name: string): void {
  const instruments = currentInstruments();
  if (instruments.observed.has(name)) return;
  instruments.observed.add(name);
  observableCounter(instruments, name).addCallback((result) => {
    for (const { attributes, value } of cells.get(name)!.values()) result.observe(value, attributes);
  });
}

function observableCounter({ meter }: MeterInstruments, name: string): ObservableCounter {
  const { unit = "", brief = "" } = definitions.get(name) ?? {};
  return meter.createObservableCounter(name, { unit, description: brief });
}
