/** One instrument of the registry. */
export interface MetricDefinition {
    readonly name: string;
    readonly instrument: "counter" | "updowncounter" | "gauge" | "histogram";
    /** UCUM. */
    readonly unit: string;
    readonly brief: string;
    /** Attribute names that its points may have. */
    readonly attributes: readonly string[];
    /** Upper bucket bounds of a histogram. */
    readonly buckets?: readonly number[];
}
