import type { CompressionCodec } from "hyparquet";
/** A column chunk of a checkpoint, and where its leaf lies in the schema. */
export interface LeafChunk {
    readonly bytes: Uint8Array;
    readonly type: string;
    readonly codec: CompressionCodec;
    readonly entries: number;
    readonly maxDef: number;
    readonly maxRep: number;
}
/** Its entries: levels, and the values of those that have the highest definition level, in order. */
export interface LeafPages {
    readonly definitions: Uint8Array;
    readonly repetitions: Uint8Array;
    readonly values: readonly (string | number | bigint)[];
}
/** A page as it is stored, and which entries of the chunk it has. */
export interface LeafPage {
    readonly header: PageHeader;
    readonly stored: Uint8Array;
    readonly firstEntry: number;
}
/** The pages of a chunk, none of them decompressed yet. */
export interface ChunkPages {
    readonly dictionary: LeafPage | undefined;
    readonly data: readonly LeafPage[];
}
/**
 * Finds the pages of a chunk. Undefined for a type or an encoding that checkpoints seldom have; hyparquet reads those.
 * @throws RangeError, PitotError INVALID_DATA where the bytes are not those of a chunk
 */
export declare function chunkPages({ bytes, type, entries }: LeafChunk): ChunkPages | undefined;
/** Whether a page has places in the dictionary instead of values. */
export declare function isCoded({ encoding }: PageHeader): boolean;
/** A page's values as they are stored, behind its levels. */
export interface PageBody {
    readonly bytes: Uint8Array;
    readonly at: number;
}
/** Decompresses a page; its levels go into arrays of one per entry of the page, which hold the highest before. */
export declare function pageBody({ codec, maxDef, maxRep }: LeafChunk, { header, stored }: LeafPage, definitions: Uint8Array, repetitions: Uint8Array): PageBody;
/** Places in the dictionary, of the values of a page. */
export declare function pageCodes({ bytes, at }: PageBody, present: number): Int32Array;
/** The values of a dictionary, decompressed. */
export declare function dictionaryBody({ codec }: LeafChunk, { header, stored }: LeafPage): PageBody;
/**
 * Decodes texts and integers of a chunk into flat arrays, no object per row: ten times what a checkpoint's log takes otherwise goes into lists
 * of one value. Undefined where `chunkPages` is.
 *
 * @throws RangeError, PitotError INVALID_DATA where the bytes are not those of a chunk
 */
export declare function leafPages(chunk: LeafChunk): LeafPages | undefined;
/** What is told of a page before it. */
export interface PageHeader {
    type: number;
    uncompressed: number;
    compressed: number;
    values: number;
    encoding: number;
    definitionBytes: number;
    repetitionBytes: number;
    isCompressed: boolean;
    end: number;
}
/** Little-endian. @throws RangeError beyond the end */
export declare function int32(bytes: Uint8Array, at: number): number;
