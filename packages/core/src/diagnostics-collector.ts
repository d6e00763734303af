import type { DiagnosticsSink, Payload, QualityRow } from "./diagnostics-sink.ts";
import { guarded } from "./internal/report-once.ts";
import type { MetricOptions, MetricTags } from "./metric-series.ts";
import { asObject, toPlain, type PlainObject } from "./plain-value.ts";
import { isQualityTable, qualityRows, rowCounts, type QualityTable } from "./quality-table.ts";
import { recording } from "./recording-options.ts";

/** One metric value as it was recorded. */
export type MetricSample = readonly [name: string, value: number, tags: Readonly<Record<string, string>>];

/**
 * Keeps events, artifacts and metrics in memory, for tests and for pipelines that look at their own diagnostics.
 *
 * Payloads are copied and redacted as everywhere. At most `limit` rows of each sort are kept (default 100,000); what comes after
 * is counted in {@link DiagnosticsCollector.dropped}. Attach it to a run to have it beside OTel and snapshot:
 *
 * ```ts
 * const diagnostics = new DiagnosticsCollector();
 * await trackedRun({ label: "nightly", sink: diagnostics }, async (run) => run.recordEvent("loaded", { rows: 3 }));
 * diagnostics.eventsSnapshot().loaded; // [{ rows: 3 }]
 * ```
 */
export class DiagnosticsCollector implements DiagnosticsSink {
  readonly #events = new Map<string, PlainObject[]>();
  readonly #artifacts = new Map<string, PlainObject[]>();
  readonly #metrics: MetricSample[] = [];
  readonly #quality: QualityRow[] = [];
  readonly #limit: number;
  readonly #kept = { event: 0, artifact: 0 };
  #dropped = 0;

  constructor(options: { readonly limit?: number } = {}) {
    this.#limit = options.limit ?? 100_000;
  }

  /** Rows that came after the limit was reached. */
  get dropped(): number {
    return this.#dropped;
  }

  recordEvent(name: string, properties: Payload): void {
    this.#append(this.#events, "event", name, properties);
  }

  recordEvents(name: string, rows: readonly Payload[]): void {
    guarded("collector.recordEvents", () => {
      for (const row of rows) this.recordEvent(name, row);
    });
  }

  recordArtifact(name: string, payload: Payload): void {
    this.#append(this.#artifacts, "artifact", name, payload);
  }

  recordMetric(name: string, value: number, tags: MetricTags = {}, _options?: MetricOptions): void {
    guarded("collector.recordMetric", () => {
      if (this.#metrics.length >= this.#limit) this.#dropped++;
      else
        this.#metrics.push([
          name,
          value,
          Object.fromEntries(Object.entries(tags).map(([key, tag]) => [key, String(tag)])),
        ]);
    });
  }

  recordQuality(rows: Iterable<QualityRow> | QualityTable): void {
    guarded("collector.recordQuality", () => {
      // Rows of a table that cannot be read are missing all the same.
      let left = isQualityTable(rows) ? rowCounts(rows).told : 0;
      try {
        for (const row of isQualityTable(rows) ? qualityRows(rows) : rows) {
          left--;
          if (this.#quality.length >= this.#limit) this.#dropped++;
          else this.#quality.push({ ...row });
        }
      } finally {
        this.#dropped += Math.max(0, left);
      }
    });
  }

  /** Events by name, copied. */
  eventsSnapshot(): Record<string, PlainObject[]> {
    return copy(this.#events);
  }

  /** Artifacts by name, copied. */
  artifactsSnapshot(): Record<string, PlainObject[]> {
    return copy(this.#artifacts);
  }

  /** Metric values in the order in which they came, copied. */
  metricsSnapshot(): MetricSample[] {
    return [...this.#metrics];
  }

  /** Quality rows, copied. */
  qualitySnapshot(): QualityRow[] {
    return [...this.#quality];
  }

  #append(
    store: Map<string, PlainObject[]>,
    sort: "event" | "artifact",
    name: string,
    payload: Payload,
  ): void {
    guarded("collector.record", () => {
      if (this.#kept[sort] >= this.#limit) {
        this.#dropped++;
        return;
      }
      this.#kept[sort]++;
      const rows = store.get(name);
      const plain = asObject(toPlain(payload, recording().redactor).value);
      if (rows === undefined) store.set(name, [plain]);
      else rows.push(plain);
    });
  }
}

function copy(store: ReadonlyMap<string, PlainObject[]>): Record<string, PlainObject[]> {
  return Object.fromEntries([...store].map(([name, rows]) => [name, structuredClone(rows)]));
}
