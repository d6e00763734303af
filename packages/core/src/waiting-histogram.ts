import { propagation, type Attributes } from "@opentelemetry/api";
import { activeContext } from "./active-context.ts";
import { beforeCollection, currentInstruments, recordHistogram } from "./instruments.ts";

/** Values that wait at most: 1 KiB. */
const CAPACITY = 128;
/** Attribute sets that have a place to wait, per histogram. The SDK keeps 2,000 of them by default. */
const MAX_SETS = 1000;

/** One attribute set of a histogram. */
export interface HistogramSeries {
  record(value: number): void;
}

/**
 * A series whose values wait for the SDK to collect, or for company: given one at a time, between two waits of the thread, each finds
 * the SDK's code and data gone from the processor's caches. Collections tell the same, their start times included, as the first value
 * after each goes on at once.
 */
class WaitingHistogram implements HistogramSeries {
  readonly #name: string;
  readonly #attributes: Attributes;
  readonly #values = new Float64Array(CAPACITY);
  #length = 0;
  /** Those of the provider that asks for what waits; undefined where none does. */
  #instruments: object | undefined;

  constructor(name: string, attributes: Attributes) {
    this.#name = name;
    this.#attributes = attributes;
  }

  record(value: number): void {
    if (currentInstruments() !== this.#instruments) {
      this.flush();
      this.#instruments = beforeCollection(this);
      recordHistogram(this.#name, value, this.#attributes);
    } else if (propagation.getBaggage(activeContext()) !== undefined) {
      // Of which a view may make attributes.
      recordHistogram(this.#name, value, this.#attributes);
    } else {
      this.#values[this.#length++] = value;
      if (this.#length === CAPACITY) this.flush();
    }
  }

  flush(): void {
    const length = this.#length;
    this.#length = 0;
    this.#instruments = undefined;
    for (let i = 0; i < length; i++) recordHistogram(this.#name, this.#values[i]!, this.#attributes);
  }
}

const series = new Map<string, Map<string, HistogramSeries>>();

/** One attribute set of one of Pitot's histograms, looked up once, for what is measured thousands of times a second. */
export function histogramSeries(name: string, attributes: Attributes): HistogramSeries {
  let ofName = series.get(name);
  if (ofName === undefined) series.set(name, (ofName = new Map()));
  const key = JSON.stringify(attributes);
  let found = ofName.get(key);
  if (found !== undefined) return found;
  if (ofName.size >= MAX_SETS) return { record: (value) => recordHistogram(name, value, attributes) };
  ofName.set(key, (found = new WaitingHistogram(name, attributes)));
  return found;
}
