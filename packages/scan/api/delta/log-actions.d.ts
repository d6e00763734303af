import type { CheckpointAdds } from "./checkpoint-adds.ts";
import type { ExactObject, ExactValue } from "./exact-json.ts";
import { type LogPlace } from "./log-error.ts";
/** Who may read and write a table. */
export interface Protocol {
    readonly minReaderVersion: number;
    readonly minWriterVersion: number;
    readonly readerFeatures: readonly string[] | undefined;
    readonly writerFeatures: readonly string[] | undefined;
}
/** What a table is. */
export interface TableMetadata {
    readonly id: string;
    readonly name: string | undefined;
    readonly schemaString: string;
    readonly partitionColumns: readonly string[];
    readonly configuration: Readonly<Record<string, string>>;
}
/** Where the deleted rows of a file are told. */
export interface DeletionVectorDescriptor {
    /** `i` inline, `u` relative by UUID, `p` absolute. */
    readonly storageType: string;
    readonly pathOrInlineDv: string;
    readonly offset: number | undefined;
    readonly sizeInBytes: number;
    readonly cardinality: number;
}
/** A file of the table. */
export interface AddFile {
    /** As the log has it: URI-encoded, relative to the table or absolute. */
    readonly path: string;
    readonly partitionValues: Readonly<Record<string, string | null>>;
    readonly size: number;
    /** JSON, as the log has it; or the same as an object, from a checkpoint that keeps no JSON. */
    readonly stats: string | ExactObject | undefined;
    readonly deletionVector: DeletionVectorDescriptor | undefined;
}
/** A file that is no longer of the table. */
export interface RemoveFile {
    readonly path: string;
    readonly deletionVector: DeletionVectorDescriptor | undefined;
}
/** The last write of an application. */
export interface Transaction {
    readonly appId: string;
    readonly version: bigint;
}
/** Gets the actions of a log one by one. */
export interface ActionVisitor {
    add(file: AddFile, place: LogPlace): void;
    /** The files of a checkpoint's row group. */
    adds(files: CheckpointAdds): void;
    remove(file: RemoveFile, place: LogPlace): void;
    protocol(protocol: Protocol, place: LogPlace): void;
    metadata(metadata: TableMetadata, place: LogPlace): void;
    transaction(transaction: Transaction): void;
    domain(name: string, configuration: string, removed: boolean): void;
    commitInfo(info: ExactObject): void;
}
/**
 * Hands one line of a commit to the visitor. Actions that this reader does not know are passed over, as the protocol asks.
 * @throws PitotError INVALID_DATA where a field that the protocol requires is missing or of another type
 */
export declare function visitAction(line: ExactValue, place: LogPlace, visitor: ActionVisitor): void;
/** What makes a file of the log the same file: its path as one URI spelling, and its deletion vector. */
export declare function fileKey({ path, deletionVector }: RemoveFile): string;
/** The deletion vector of a file, if it has one. */
export declare function descriptorOf(value: ExactValue | undefined, place: LogPlace): DeletionVectorDescriptor | undefined;
/** A count or size: never beyond 2^53, which no file is. */
export declare function wholeNumber(value: ExactValue | undefined, name: string, place: LogPlace): number;
