import type { AsyncBuffer, CompressionCodec, FileMetaData, SchemaElement } from "hyparquet";
/** A column chunk of a checkpoint, and where its leaf lies in the schema. */
export interface LeafChunk {
    readonly bytes: Uint8Array;
    readonly type: string;
    readonly codec: CompressionCodec;
    readonly entries: number;
    readonly maxDef: number;
    readonly maxRep: number;
}
/**
 * Reads a chunk as it is stored.
 * @param schema depth first, perhaps narrowed to what is read
 */
export declare function readChunk(file: AsyncBuffer, schema: readonly SchemaElement[], chunk: NonNullable<FileMetaData["row_groups"][number]["columns"][number]["meta_data"]>): Promise<LeafChunk>;
