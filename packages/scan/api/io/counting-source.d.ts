import type { RangeSource } from "./range-source.ts";
/** A source that counts what is read through it. */
export interface CountingSource extends RangeSource {
    /** Range requests that were made, failed ones included. */
    readonly requests: number;
    /** Bytes that they gave. */
    readonly bytes: number;
}
/** `source`, counting requests and bytes. Closing it closes `source`. */
export declare function countingSource(source: RangeSource): CountingSource;
