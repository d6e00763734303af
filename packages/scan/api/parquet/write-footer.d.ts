import type { ChunkPlace } from "./column-chunk.ts";
import { type FileMetadata, type RowGroup } from "./file-metadata.ts";
/** A row group as another file, such as `_metadata`, describes it. */
export interface PlacedRowGroup extends RowGroup {
    /** Where its data lie, the same for each of its column chunks. */
    readonly place?: ChunkPlace;
}
/** Metadata to write; row groups may lie in other files. */
export interface FooterMetadata extends FileMetadata {
    readonly rowGroups: readonly PlacedRowGroup[];
}
/**
 * The metadata's bytes, without length and magic. What {@link readFooter} read comes back byte for byte, where its writer was canonical (fields in
 * the order of their ids, numbers in the fewest bytes), as all known ones are.
 *
 * Throws UNSUPPORTED for a signed footer: the signature would no longer hold.
 */
export declare function encodeFooter(metadata: FooterMetadata): Uint8Array;
/** The metadata as the end of a file: with length and magic. */
export declare function footerFileEnd(metadata: FooterMetadata): Uint8Array;
