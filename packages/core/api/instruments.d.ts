import { type Attributes, type Histogram, type Meter, type UpDownCounter } from "@opentelemetry/api";
/** Values that the SDK has not been given yet. */
interface Waiting {
    flush(): void;
}
interface MeterInstruments {
    readonly meter: Meter;
    readonly histograms: Map<string, Histogram>;
    readonly upDown: Map<string, UpDownCounter>;
    readonly observed: Set<string>;
    /** What is flushed when the provider collects next; undefined until something waits. */
    waiting: Set<Waiting> | undefined;
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
/** Has `waiting` flushed when the provider of now collects next, which it is asked for once. Returns that provider's instruments. */
export declare function beforeCollection(waiting: Waiting): object;
export {};
