import type { LeafChunk } from "./leaf-chunk.ts";
import { type LogPlace } from "./log-error.ts";
/** Texts where they lie: entry `i` of the chunk is `bytes` from `starts[i - first]` on, `lengths[i - first]` of them; null below 0. */
export interface PageTexts {
    readonly first: number;
    readonly end: number;
    readonly bytes: Uint8Array;
    readonly starts: Int32Array;
    readonly lengths: Int32Array;
}
/**
 * The texts of a chunk, which stays as it is stored: pages are decompressed when they are asked for, and the last one is kept. A
 * million statistics take a fifth of their bytes so, and a table that is listed without a predicate never unpacks them.
 */
export declare class TextPages {
    #private;
    readonly entries: number;
    private constructor();
    /** Undefined where the column is no text, repeats, or is encoded in a way that checkpoints seldom have. */
    static of(chunk: LeafChunk, place: (entry: number) => LogPlace): TextPages | undefined;
    /** The page that has an entry of the chunk. @throws PitotError INVALID_DATA that names its place where it is broken */
    page(entry: number): PageTexts;
    /** Forgets what is unpacked. */
    rest(): void;
}
