import { type Attributes, type Histogram, type Meter, type UpDownCounter } from "@opentelemetry/api";
interface MeterInstruments {
    readonly meter: Meter;
    readonly histograms: Map<string, Histogram>;
    readonly upDown: Map<string, UpDownCounter>;
    readonly observed: Set<string>;
}
/** The meter of the provider that is registered now. */
export declare function currentInstruments(): MeterInstruments;
/** Records a duration or size on one of Pitot's histograms. */
export declare function recordHistogram(name: string, value: number, attributes: Attributes): void;
/** Moves one of Pitot's up-down counters. */
export declare function addUpDown(name: string, delta: number, attributes: Attributes): void;
/** Adds to one of Pitot's counters; the value is read by OTel when it collects. */
export declare function addCounter(name: string, delta: number, attributes: Attributes): void;
/** {@link addCounter} for one attribute set, looked up once. */
export declare function counterOf(name: string, attributes: Attributes): (delta: number) => void;
export {};
