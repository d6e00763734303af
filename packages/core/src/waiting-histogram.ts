import { propagation, type Attributes } from "@opentelemetry/api";
import { activeContext } from "./active-context.ts";
import { beforeCollection, currentInstruments, recordHistogram } from "./instruments.ts";

/** Values that wait at most: 1 KiB. */
const CAPACITY = 128;
/** Series that have a place to wait. The SDK keeps 2,000 attribute sets of a histogram by default. */
const MAX_SERIES = 1000;

/** Attributes by the histogram that is given values with them. */
export type HistogramAttributes = Readonly<Record<string, Attributes>>;

/** One attribute set of one or several histograms, all of which are given each value. */
export interface HistogramSeries {
  record(value: number): void;
}

/**
 * A series whose values wait for the SDK to collect, or for company: given one at a time, between two waits of the thread, each finds
 * the SDK's code and data gone from the processor's caches. Collections tell the same, their start times included, as the first value
 * after each goes on at once.
 */
class WaitingHistogram implements HistogramSeries {
  readonly #histograms: readonly [name: string, attributes: Attributes][];
  readonly #values = new Float64Array(CAPACITY);
  #length = 0;
  /** Those of the provider that asks for what waits; undefined where none does. */
  #instruments: object | undefined;

  constructor(histograms: HistogramAttributes) {
    this.#histograms = Object.entries(histograms);
  }

  record(value: number): void {
    if (currentInstruments() !== this.#instruments) {
      this.flush();
      this.#instruments = beforeCollection(this);
      recordAll(this.#histograms, value);
    } else if (propagation.getBaggage(activeContext()) !== undefined) {
      // Of which a view may make attributes.
      recordAll(this.#histograms, value);
    } else {
      this.#values[this.#length++] = value;
      if (this.#length === CAPACITY) this.flush();
    }
  }

  flush(): void {
    const length = this.#length;
    this.#length = 0;
    this.#instruments = undefined;
    for (let i = 0; i < length; i++) recordAll(this.#histograms, this.#values[i]!);
  }
}

function recordAll(histograms: readonly [string, Attributes][], value: number): void {
  for (const [name, attributes] of histograms) recordHistogram(name, value, attributes);
}

const series = new Map<string, HistogramSeries>();

/** A series of Pitot's histograms, looked up once, for what is measured thousands of times a second. */
export function histogramSeries(histograms: HistogramAttributes): HistogramSeries {
  const key = JSON.stringify(histograms);
  let found = series.get(key);
  if (found !== undefined) return found;
  if (series.size >= MAX_SERIES) return { record: (value) => recordAll(Object.entries(histograms), value) };
  series.set(key, (found = new WaitingHistogram(histograms)));
  return found;
}
