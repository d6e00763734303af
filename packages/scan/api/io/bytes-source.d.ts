import type { RangeSource } from "./range-source.ts";
/**
 * A source over bytes in memory. Slices share its memory: they cost nothing, and must not be written to.
 *
 * @param location - As errors name it.
 */
export declare function bytesSource(given: Uint8Array, location?: string): RangeSource;
