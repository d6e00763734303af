import type { AsyncBuffer, FileMetaData } from "hyparquet";
import { type DeletionVectorDescriptor, type RemoveFile } from "./log-actions.ts";
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
    /** Rows of the whole file, to make room for. */
    readonly fileRows: number;
    readonly paths: TextPages;
    /** Undefined where the checkpoint keeps none as JSON. */
    readonly stats: TextPages | undefined;
    private constructor();
    /**
     * @param metadata of one row group, with columns of `add` alone
     * @param fileRows of all row groups
     * @param place of a row of the row group
     * @returns undefined where a column is encoded in a way that checkpoints seldom have
     */
    static read(file: AsyncBuffer, metadata: FileMetaData, fileRows: number, place: (row: number) => LogPlace): Promise<CheckpointAdds | undefined>;
    place(row: number): LogPlace;
    /** Path of the file of a row. */
    path(row: number): string;
    /** Size of the file of a row. @throws PitotError INVALID_DATA where it is none */
    size(row: number): number;
    /** Code of a row's partition in the dictionary, which must be the same in all calls. */
    partition(row: number, dictionary: PartitionDictionary): number;
    get hasVectors(): boolean;
    /** The deletion vector of the file of a row, if it has one. */
    deletionVector(row: number): DeletionVectorDescriptor | undefined;
    /** Hands over the files one by one, without their statistics. */
    forEach(visit: (file: RemoveFile) => void): void;
}
