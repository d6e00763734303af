/** A utf8 chunk as Arrow lays it out. Offsets and values begin at the chunk's first row, the bitmap at its `offset`. */
export interface Utf8Chunk {
    readonly length: number;
    readonly offset: number;
    readonly values: Uint8Array;
    readonly valueOffsets: Int32Array;
    readonly nullBitmap: Uint8Array | null | undefined;
}
/**
 * Whether this is one whose buffers can be read as they are: told by shape, since recording knows no Arrow library. Not one that says that its values end
 * beyond them: around them lies what is not the caller's.
 */
export declare function isUtf8Chunk(chunk: unknown): chunk is Utf8Chunk;
