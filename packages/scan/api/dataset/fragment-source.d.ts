import type { Schema } from "apache-arrow";
import type { RangeSource } from "../io/range-source.ts";
import type { ColumnBounds, Scalar } from "../parquet/column-bounds.ts";
import type { Predicate } from "../predicate/predicate.ts";
/** Why a file was left out before its footer was read. */
export type SkipReason = "partition" | "statistics" | "delta_statistics" | "deletion_vector";
/** Rows of a file that are deleted though the file still has them: ordinals within the file. */
export interface DeletedRows {
    readonly count: number;
    has(row: number): boolean;
}
/** One file of a dataset, or some row groups of one. Immutable; costs no I/O until it is opened. */
export interface Fragment {
    /** As listed: relative to the dataset where it has a root, with forward slashes. */
    readonly path: string;
    /** Path or URL that opens it. */
    readonly location: string;
    /** Size of the file; undefined where the listing does not tell. */
    readonly byteLength: number | undefined;
    /** Values by partition column, null for the null partition. */
    readonly partition: ReadonlyMap<string, Scalar | null>;
    /** In pyarrow's form; `true` where there is no partition. */
    readonly partitionExpression: string;
    /** The row groups that it covers; undefined is all of the file. */
    readonly rowGroups: readonly number[] | undefined;
    /** Column names in the file where they are not the dataset's (Delta column mapping): dataset leaf path → file leaf path. */
    readonly columnNames?: ReadonlyMap<string, string> | undefined;
    /** What a table log says of the whole file: bounds by leaf path. */
    readonly statistics?: ReadonlyMap<string, ColumnBounds> | undefined;
    /** Rows of the file by its log, deleted ones included. */
    readonly rows?: number | undefined;
    readonly deletedRows?: (() => Promise<DeletedRows>) | undefined;
    open(): Promise<RangeSource>;
}
/** A file that planning left out. */
export interface SkippedFile {
    readonly fragment: Fragment;
    readonly reason: SkipReason;
}
/** How many files planning left out. */
export interface SkippedFiles {
    readonly files: number;
    /** Of those whose size is known. */
    readonly bytes: number;
}
/** The files that a scan must look at, and those that it need not. */
export interface FragmentPlan {
    readonly fragments: readonly Fragment[];
    readonly skipped: readonly SkippedFile[];
    /** Sums of `skipped`, where the source has them: of millions of files, looking at each takes longer than the plan. */
    readonly skippedBy?: ReadonlyMap<SkipReason, SkippedFiles>;
}
/** Where a dataset's files come from: a listing, a table log. The seam for table formats. */
export interface FragmentSource {
    readonly format: "parquet" | "delta";
    /** Where the dataset lies: path or URL. */
    readonly location: string;
    /** All columns, partition columns last. */
    readonly schema: Schema;
    readonly partitionColumns: readonly string[];
    /** What the source knows beside files, for telemetry: table version, features, listing rules. */
    readonly discovery: Readonly<Record<string, unknown>>;
    plan(predicate?: Predicate, signal?: AbortSignal): Promise<FragmentPlan>;
}
