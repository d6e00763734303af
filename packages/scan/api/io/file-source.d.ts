import type { RangeSource } from "./range-source.ts";
/**
 * A source over a local file. It is opened for each read and closed after it, so that 10,000 of them hold no descriptors; at most 64 are open
 * at once in a process. Small reads are done at once where the disk is quick, as from the page cache; the event loop turns every 2 ms. Reads throw
 * `PitotError` IO where it is no file, is not there, cannot be read, or was cut or replaced since its size was first seen.
 */
export declare function fileSource(path: string): RangeSource;
