type Phase = "planning" | "reading" | "decoding";
/**
 * Where the time of a scan went, each moment told once: to decoding while its code runs, else to reading while data is waited for, else to planning. What the consumer does
 * with a batch is not told, nor is what is fetched ahead meanwhile.
 */
export declare class PhaseClock {
    #private;
    /** Milliseconds until now. */
    get milliseconds(): Readonly<Record<Phase, number>>;
    /** The result of listing and of reading footers. */
    planning<Result>(work: () => Promise<Result>): Promise<Result>;
    /** What a read gives. What runs on it, until this turn of the event loop ends, is decoding: nothing else tells when a decoder is at work and when it waits. */
    reading<Result>(work: () => Promise<Result>): Promise<Result>;
    /** The consumer has a batch and is about to work with it. */
    handOver(): void;
    /** The consumer wants the next one. */
    resume(): void;
}
export {};
