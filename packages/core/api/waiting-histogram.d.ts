import { type Attributes } from "@opentelemetry/api";
/** Attributes by the histogram that is given values with them. */
export type HistogramAttributes = Readonly<Record<string, Attributes>>;
/** One attribute set of one or several histograms, all of which are given each value. */
export interface HistogramSeries {
    record(value: number): void;
}
/** A series of Pitot's histograms, looked up once, for what is measured thousands of times a second. */
export declare function histogramSeries(histograms: HistogramAttributes): HistogramSeries;
