import type { AsyncBuffer, FileMetaData } from "hyparquet";
import { type AddFile, type DeletionVectorDescriptor } from "./log-actions.ts";
import type { LogPlace } from "./log-error.ts";
import type { PartitionDictionary } from "./partition-dictionary.ts";
import { TextPages } from "./text-pages.ts";
/**
 * The added files of a checkpoint's row group, from the columns of `add` as they are stored: a checkpoint may have millions, and assembling each row of
 * nested structs first costs most of the time.
 */
export declare class CheckpointAdds {
    #private;
    readonly rows: number;
    readonly paths: TextPages;
    /** Undefined where the checkpoint keeps none as JSON. */
    readonly stats: TextPages | undefined;
    private constructor();
    /**
     * @param metadata of one row group, with columns of `add` alone
     * @param place of a row of the row group
     * @returns undefined where a column is encoded in a way that checkpoints seldom have
     */
    static read(file: AsyncBuffer, metadata: FileMetaData, place: (row: number) => LogPlace): Promise<CheckpointAdds | undefined>;
    /**
     * Goes through the rows that have a file, once.
     * @param partitions gets to the partition of each
     * @throws PitotError INVALID_DATA where a field that the protocol requires is missing or of another type
     */
    visit(partitions: PartitionDictionary, visit: (add: CheckpointAdd) => void): void;
    /** Hands over the files one by one, without their statistics. */
    forEach(partitions: PartitionDictionary, visit: (file: AddFile) => void): void;
}
/** One file of a checkpoint; the same object for each of them. */
export interface CheckpointAdd {
    readonly row: number;
    readonly place: (row: number) => LogPlace;
    /** The path, `length` bytes from `start` on. */
    readonly bytes: Uint8Array;
    readonly start: number;
    readonly length: number;
    readonly size: number;
    readonly deletionVector: DeletionVectorDescriptor | undefined;
    /** Code of the partition: asked for files that are kept. */
    readonly partition: () => number;
}
