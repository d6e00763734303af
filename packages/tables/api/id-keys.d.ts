import { type Data } from "apache-arrow";
/** Ids that can be equal to each other: those of one family. */
type IdFamily = string;
/** The ids of a chunk in the one form per family that can be compared: 64-bit values as two halves, or bytes. */
export interface IdKeys {
    readonly family: IdFamily;
    /** Which rows hold an id; undefined where all do. */
    readonly words: Int32Array | undefined;
    /** Row `i` is `pairs[2i]` (low) and `pairs[2i + 1]` (high). */
    readonly pairs?: Int32Array;
    /** Row `i` is `data[starts[i]] … data[ends[i] - 1]`. */
    readonly bytes?: {
        readonly starts: ArrayLike<number>;
        readonly ends: ArrayLike<number>;
        readonly data: Uint8Array;
    };
}
/**
 * A chunk of ids for comparison. Integers of any width are one family (uint64 one of its own), text and binary one, floats one, decimals
 * one per scale and width.
 */
export declare function idKeys(chunk: Data): IdKeys;
export {};
