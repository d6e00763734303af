import type { Attributes } from "@opentelemetry/api";
import type { MetricData, MetricProducer, ResourceMetrics, ScopeMetrics } from "@opentelemetry/sdk-metrics";

/** What the SDK keeps behind a producer; the same in its 2.x and 3.x lines. */
interface Collector extends MetricProducer {
  readonly _sharedState: {
    readonly resource: ResourceMetrics["resource"];
    readonly meterSharedStates: ReadonlyMap<string, MeterState>;
  };
}

interface MeterState {
  readonly _instrumentationScope: ScopeMetrics["scope"];
  readonly observableRegistry: {
    readonly _callbacks: readonly { callback: (to: object) => unknown; instrument: Observed }[];
    readonly _batchCallbacks: readonly { callback: (to: object) => unknown }[];
  };
  readonly metricStorageRegistry: {
    getStorages(of: MetricProducer): readonly MetricStorage[];
  };
}

interface MetricStorage {
  /** What each collector has had, and what it has not had yet. */
  readonly _temporalMetricStorage: {
    readonly _reportHistory: Map<MetricProducer, Report>;
    readonly _unreportedAccumulations: Map<MetricProducer, object[]>;
  };
  collect(of: MetricProducer, time: [number, number]): MetricData | undefined;
}

interface Report {
  readonly accumulations: object;
  /** Of the enumeration `AggregationTemporality`. */
  readonly aggregationTemporality: number;
}

interface Observed {
  readonly _metricStorages: readonly {
    record(values: Observations, time: [number, number]): void;
  }[];
}

/** Values of one instrument as its storage reads them. */
class Observations {
  readonly #values: [Attributes, number][] = [];

  add(value: unknown, attributes: Attributes = {}): void {
    if (typeof value === "number") this.#values.push([attributes, value]);
  }

  entries(): IterableIterator<[Attributes, number]> {
    return this.#values.values();
  }
}

/**
 * The metrics of a producer, collected without a turn of the event loop: at `process.exit` there is none left. The SDK has no such call,
 * so this reads fields that are its own. What an asynchronous callback observes later is not in it.
 *
 * @param asks whether the observable instruments of a scope are asked; the others have the values that they had last
 * @returns undefined where nothing was measured
 * @throws TypeError where the SDK is made otherwise
 */
export function collectNow(
  producer: MetricProducer,
  asks: (scopeName: string) => boolean = () => true,
): ResourceMetrics | undefined {
  return collect(producer, asks, (storage, time) => storage.collect(producer, time));
}

/**
 * The same, and the next collection has it once more: what is told as differences one collection would take from the other.
 *
 * @throws TypeError where the SDK is made otherwise
 */
export function peekNow(
  producer: MetricProducer,
  asks: (scopeName: string) => boolean,
): ResourceMetrics | undefined {
  return collect(producer, asks, (storage, time) => peek(producer, storage, time));
}

function peek(
  producer: MetricProducer,
  storage: MetricStorage,
  time: [number, number],
): MetricData | undefined {
  const { _reportHistory: history, _unreportedAccumulations: unreported } = storage._temporalMetricStorage;
  const before = history.get(producer);
  const metrics = storage.collect(producer, time);
  const after = history.get(producer)!;
  // Of what is told from its beginning, each collection has all.
  if (after.aggregationTemporality !== DELTA) return metrics;
  unreported.set(producer, [after.accumulations]);
  if (before === undefined) history.delete(producer);
  else history.set(producer, before);
  return metrics;
}

/** `AggregationTemporality.DELTA`: enumerations are values, and importing them would load the SDK at start. */
const DELTA = 0;

function collect(
  producer: MetricProducer,
  asks: (scopeName: string) => boolean,
  one: (storage: MetricStorage, time: [number, number]) => MetricData | undefined,
): ResourceMetrics | undefined {
  const { resource, meterSharedStates } = (producer as Collector)._sharedState;
  const now = Date.now();
  const time: [number, number] = [Math.trunc(now / 1000), (now % 1000) * 1e6];
  const scopeMetrics: ScopeMetrics[] = [];
  for (const meter of meterSharedStates.values()) {
    if (asks(meter._instrumentationScope.name)) observe(meter, time);
    const metrics = meter.metricStorageRegistry
      .getStorages(producer)
      .flatMap((storage) => one(storage, time) ?? []);
    if (metrics.length > 0) scopeMetrics.push({ scope: meter._instrumentationScope, metrics });
  }
  return scopeMetrics.length === 0 ? undefined : { resource, scopeMetrics };
}

function observe(
  { observableRegistry: { _callbacks, _batchCallbacks } }: MeterState,
  time: [number, number],
): void {
  const observed = new Map<Observed, Observations>();
  const of = (instrument: Observed): Observations => {
    let values = observed.get(instrument);
    if (values === undefined) observed.set(instrument, (values = new Observations()));
    return values;
  };
  for (const { callback, instrument } of _callbacks)
    call(callback, {
      observe: (value: unknown, attributes?: Attributes) => of(instrument).add(value, attributes),
    });
  for (const { callback } of _batchCallbacks)
    call(callback, {
      observe: (instrument: Observed, value: unknown, attributes?: Attributes) =>
        of(instrument).add(value, attributes),
    });
  for (const [instrument, values] of observed)
    for (const storage of instrument._metricStorages) storage.record(values, time);
}

/** One callback that throws does not keep the others from being asked. */
function call(callback: (to: object) => unknown, to: object): void {
  try {
    void Promise.resolve(callback(to)).catch(() => {});
  } catch {
    // As in a collection of the SDK's: this instrument has no value.
  }
}
