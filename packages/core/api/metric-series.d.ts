import type { Attributes } from "@opentelemetry/api";
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
/** All attribute sets of one metric name in this process. */
export declare class MetricSeries {
    #private;
    readonly name: string;
    readonly kind: "gauge" | "counter" | "histogram";
    readonly unit: string;
    /** Values that went to the overflow set. */
    overflowed: number;
    constructor(name: string, options: MetricOptions);
    /** The cell of these tags; the overflow cell where there are too many. */
    cell(tags: MetricTags): MetricCell;
    /** Feeds one value in. */
    record(cell: MetricCell, value: number): void;
}
/**
 * The series of a metric, made at first use. Undefined where the name is already in use with another kind or unit, which
 * is told once.
 */
export declare function metricSeries(name: string, options: MetricOptions): MetricSeries | undefined;
