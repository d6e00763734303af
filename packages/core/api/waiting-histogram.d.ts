import { type Attributes } from "@opentelemetry/api";
/** One attribute set of a histogram. */
export interface HistogramSeries {
    record(value: number): void;
}
/** One attribute set of one of Pitot's histograms, looked up once, for what is measured thousands of times a second. */
export declare function histogramSeries(name: string, attributes: Attributes): HistogramSeries;
