import type { RangeSource } from "./range-source.ts";
/** A source that counts what is read through it. */
export interface CountingSource extends RangeSource {
    /** Requests that were made, failed and repeated ones included; none for what the source had already. */
    readonly requests: number;
    /** Bytes that came, whether asked for or not: a server without ranges sends the whole file. */
    readonly bytes: number;
}
/** `source`, counting requests and bytes. Closing it closes `source`. */
export declare function countingSource(source: RangeSource): CountingSource;
