import type { Attributes, Histogram } from "@opentelemetry/api";
import { ATTR_OVERFLOW } from "@pitot/semconv";
import { currentInstruments } from "./instruments.ts";
import { reportOnce } from "./internal/report-once.ts";
import { recording } from "./recording-options.ts";

/** Dimensions of a metric value. */
export type MetricTags = Readonly<Record<string, string | number | boolean>>;

/** How a metric is made at its first use; later uses must agree. */
export interface MetricOptions {
  /** `gauge` (default) keeps the last value, `counter` adds, `histogram` keeps the distribution. */
  readonly kind?: "gauge" | "counter" | "histogram";
  /** UCUM, e.g. `By`, `s`, `{row}`. */
  readonly unit?: string;
  readonly description?: string;
}

/** One attribute set of one metric: what a repeated `recordMetric` touches, and nothing else. */
export interface MetricCell {
  readonly metric: MetricSeries;
  readonly tags: Attributes;
  readonly keys: readonly string[];
  value: number;
  count: number;
  sum: number;
}

const RECENT = 4;
/** A name per entity is a mistake that must not eat the memory of the pipeline. */
const MAX_NAMES = 10_000;
const OVERFLOW: Attributes = { [ATTR_OVERFLOW]: true };

/** All attribute sets of one metric name in this process. */
export class MetricSeries {
  readonly name: string;
  readonly kind: "gauge" | "counter" | "histogram";
  readonly unit: string;
  readonly #description: string;
  readonly #cells = new Map<string, MetricCell>();
  readonly #recent: MetricCell[] = [];
  #slot = 0;
  #provider: object | undefined;
  #histogram: Histogram | undefined;
  /** Values that went to the overflow set. */
  overflowed = 0;

  constructor(name: string, options: MetricOptions) {
    this.name = name;
    this.kind = options.kind ?? "gauge";
    this.unit = options.unit ?? "";
    this.#description = options.description ?? "";
  }

  /** The cell of these tags; the overflow cell where there are too many. */
  cell(tags: MetricTags): MetricCell {
    const recent = this.#recent;
    for (let i = 0; i < recent.length; i++) if (same(recent[i]!, tags)) return recent[i]!;
    const found = this.#find(tags);
    recent[this.#slot] = found;
    this.#slot = (this.#slot + 1) % RECENT;
    return found;
  }

  /** Feeds one value in. */
  record(cell: MetricCell, value: number): void {
    cell.value = value;
    cell.count++;
    cell.sum += value;
    const instruments = currentInstruments();
    if (this.#provider !== instruments) this.#bind(instruments);
    if (this.#histogram !== undefined) this.#histogram.record(value, cell.tags);
  }

  #find(tags: MetricTags): MetricCell {
    const keys = Object.keys(tags).sort();
    const id = JSON.stringify(keys.map((key) => [key, tags[key]]));
    let cell = this.#cells.get(id);
    if (cell === undefined) {
      // The overflow set is one of them: the SDK bounds attribute sets too, and would overflow ours.
      const full = this.#cells.size >= recording().cardinalityLimit - 1;
      if (full) {
        this.overflowed++;
        reportOnce(
          `cardinality:${this.name}`,
          `metric ${this.name} has too many attribute sets; the rest go to one overflow set`,
        );
        cell = this.#cells.get("overflow");
      }
      cell ??= {
        metric: this,
        tags: full ? OVERFLOW : { ...tags },
        keys: full ? [] : Object.keys(tags),
        value: 0,
        count: 0,
        sum: 0,
      };
      this.#cells.set(full ? "overflow" : id, cell);
    }
    return cell;
  }

  #bind(instruments: ReturnType<typeof currentInstruments>): void {
    this.#provider = instruments;
    const options = { unit: this.unit, description: this.#description };
    if (this.kind === "histogram") {
      this.#histogram = instruments.meter.createHistogram(this.name, options);
      return;
    }
    const observable =
      this.kind === "counter"
        ? instruments.meter.createObservableCounter(this.name, options)
        : instruments.meter.createObservableGauge(this.name, options);
    observable.addCallback((result) => {
      for (const cell of this.#cells.values())
        result.observe(this.kind === "counter" ? cell.sum : cell.value, cell.tags);
    });
  }
}

const series = new Map<string, MetricSeries>();

/**
 * The series of a metric, made at first use. Undefined where the name is already in use with another kind or unit, which
 * is told once.
 */
export function metricSeries(name: string, options: MetricOptions): MetricSeries | undefined {
  let found = series.get(name);
  if (found === undefined && series.size >= MAX_NAMES) {
    reportOnce(
      "metric-names",
      `more than ${MAX_NAMES} metric names are in use; later ones are refused. Put what varies into tags.`,
    );
    return undefined;
  }
  if (found === undefined) series.set(name, (found = new MetricSeries(name, options)));
  if (
    (options.kind !== undefined && options.kind !== found.kind) ||
    (options.unit !== undefined && options.unit !== found.unit)
  ) {
    reportOnce(
      `metric:${name}`,
      `metric ${name} is a ${found.kind} in "${found.unit}"; it was used as another kind or unit, which is refused`,
    );
    return undefined;
  }
  return found;
}

/** Equal tags, whatever object they come in; the keys' order matters here, and only costs a slower look-up. */
function same(cell: MetricCell, tags: MetricTags): boolean {
  const keys = cell.keys;
  let i = 0;
  for (const key in tags) {
    if (key !== keys[i] || tags[key] !== cell.tags[key]) return false;
    i++;
  }
  return i === keys.length && (i > 0 || cell.tags !== OVERFLOW);
}
