import type { DiagnosticsSink } from "../diagnostics-sink.ts";
/** One view of the engine. */
export interface ViewNode {
    readonly name: string;
    readonly deps?: readonly string[];
    /** Functions that the view calls. */
    readonly requiredUdfs?: readonly string[];
    /** Fingerprint of the view's normalised plan. */
    readonly planFingerprint?: string;
    /** Hash of the policy under which the plan was made: two views are equal only under equal policies. */
    readonly policyHash?: string;
}
/** How a schema differs from its contract. */
export interface SchemaViolation {
    readonly violationType: "missing_column" | "extra_column" | "type_mismatch" | "nullability_mismatch" | "missing_table" | "metadata_mismatch";
    readonly tableName: string;
    readonly columnName?: string;
    readonly expected?: string;
    readonly actual?: string;
}
/** What is kept of one view: enough to see whether it, its plan or its schema changed. */
export interface ViewArtifact {
    readonly name: string;
    readonly planFingerprint: string;
    readonly planTaskSignature: string;
    readonly schemaFingerprint: string;
    /** The schema, MessagePack. */
    readonly schemaMsgpack?: Uint8Array;
    /** The rows of DESCRIBE, MessagePack. */
    readonly schemaDescribeMsgpack?: Uint8Array;
    readonly requiredUdfs: readonly string[];
    readonly referencedTables: readonly string[];
}
/** Records one event `view_fingerprints_v1` per view, policy-aware. */
export declare function recordViewFingerprints(sink: DiagnosticsSink, options: {
    readonly viewNodes: readonly ViewNode[];
}): void;
/** Records the artifact `view_contract_violations_v1` with one row per violation; nothing where there is none. */
export declare function recordViewContractViolations(sink: DiagnosticsSink, options: {
    readonly tableName: string;
    readonly violations: readonly SchemaViolation[];
}): void;
/** Records the artifact `view_artifact_v1` of one view. Bytes are kept as hex. */
export declare function recordViewArtifact(sink: DiagnosticsSink, options: {
    readonly artifact: ViewArtifact;
}): void;
