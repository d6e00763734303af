import type { CheckpointAdds } from "./checkpoint-adds.ts";
import type { ExactObject } from "./exact-json.ts";
import { type AddFile, type DeletionVectorDescriptor } from "./log-actions.ts";
import type { LogPlace } from "./log-error.ts";
/** Decides whether a file is in the table: by the bytes of its key, which must not change any more. */
export type DecideFile = (bytes: Uint8Array, start: number, length: number, hash: number, place: () => LogPlace) => boolean;
/** Looks at a path that may lead out of the table. */
export type CheckPath = (path: string, place: () => LogPlace) => void;
/** Gets the JSON of one file's statistics: bytes from `start` to `end`. */
export type VisitStatistics = (file: number, bytes: Uint8Array, start: number, end: number) => void;
/**
 * The files of a table by column: some tens of bytes each beside path and statistics, and no object. Statistics of a checkpoint
 * stay compressed.
 */
export declare class TableFiles {
    #private;
    constructor(checkPath: CheckPath);
    get length(): number;
    /** Sum of the files' sizes. */
    get bytes(): number;
    /** The distinct partitions; a file's is at its code. */
    get partitions(): readonly Readonly<Record<string, string | null>>[];
    get partitionCodes(): Int32Array;
    /** The partition of a file. */
    partitionCode(file: number): number;
    /** What follows is of another commit, an older one. */
    beginCommit(): void;
    add(file: AddFile, place: LogPlace): void;
    /** Adds those of a checkpoint's files that are in the table. */
    addAll(files: CheckpointAdds, decide: DecideFile): void;
    /** Where files of one commit lie, each from a place to another; oldest commit first, which is the table's order. */
    get segments(): readonly (readonly [from: number, to: number])[];
    path(file: number): string;
    /** Files whose path must be resolved, as it may not be simply one below the table's folder. */
    get odd(): ReadonlySet<number>;
    size(file: number): number;
    deletionVector(file: number): DeletionVectorDescriptor | undefined;
    /** Files with a deletion vector. */
    get vectors(): ReadonlyMap<number, DeletionVectorDescriptor>;
    /** Statistics of files that a checkpoint keeps as columns alone. */
    get parsed(): ReadonlyMap<number, ExactObject>;
    /** JSON, as the log has it; or the same as an object, from a checkpoint that keeps no JSON. */
    stats(file: number): string | ExactObject | undefined;
    /** Statistics that are JSON, of files `from` to `to`, in the order that the log was read. */
    visitStatistics(from: number, to: number, visit: VisitStatistics): void;
    /** Forgets what is unpacked. */
    rest(): void;
}
