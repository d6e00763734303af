import { type PlainObject } from "@pitot/core";
/** What a scan of a dataset's fragments is about to meet, or met. In MessagePack an array of these thirteen fields in this order. */
export interface ScanTelemetry {
    /** Fragments left after pruning. */
    readonly fragmentCount: number;
    /** Row groups left after pruning. */
    readonly rowGroupCount: number;
    /** Rows that match, exactly; null where they were not counted. */
    readonly countRows: number | null;
    /** Rows of the row groups left, by metadata; null where some are not known. */
    readonly estimatedRows: number | null;
    readonly fileHints: readonly string[];
    readonly fragmentPaths: readonly string[];
    readonly partitionExpressions: readonly string[];
    readonly requiredColumns: readonly string[];
    readonly scanColumns: readonly string[];
    readonly datasetSchema: PlainObject | null;
    readonly projectedSchema: PlainObject | null;
    readonly discoveryPolicy: PlainObject | null;
    readonly scanProfile: PlainObject | null;
}
/** What to tell of a scan beside what the dataset tells. */
export interface ScanTelemetryOptions {
    /** How many file hints; default 5, null for all. */
    readonly hintLimit?: number | null;
    /** Default is how the dataset was discovered. */
    readonly discoveryPolicy?: PlainObject;
    /** Settings of the scan that the caller wants to keep with it. */
    readonly scanProfile?: PlainObject;
    /** Columns that the query needs; default those scanned. */
    readonly requiredColumns?: readonly string[];
    /** Columns that are read; default all, or those of the required ones and the predicate. */
    readonly scanColumns?: readonly string[];
}
/** Telemetry as an array-like MessagePack message: the same fields, in the same order, in every version. */
export declare function encodeScanTelemetry(telemetry: ScanTelemetry): Uint8Array;
/**
 * Telemetry from a MessagePack message. Fields that a later version added are left out; fields that an earlier one had not are empty.
 * @throws PitotError INVALID_DATA where it is no such message
 */
export declare function decodeScanTelemetry(bytes: Uint8Array): ScanTelemetry;
