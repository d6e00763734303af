import type { DiagnosticsSink, Payload } from "../diagnostics-sink.ts";

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
  readonly violationType:
    | "missing_column"
    | "extra_column"
    | "type_mismatch"
    | "nullability_mismatch"
    | "missing_table"
    | "metadata_mismatch";
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
export function recordViewFingerprints(
  sink: DiagnosticsSink,
  options: { readonly viewNodes: readonly ViewNode[] },
): void {
  sink.recordEvents(
    "view_fingerprints_v1",
    options.viewNodes.map((view) => ({
      view: view.name,
      plan_fingerprint: view.planFingerprint ?? null,
      policy_hash: view.policyHash ?? null,
    })),
  );
}

/** Records the artifact `view_contract_violations_v1` with one row per violation; nothing where there is none. */
export function recordViewContractViolations(
  sink: DiagnosticsSink,
  options: { readonly tableName: string; readonly violations: readonly SchemaViolation[] },
): void {
  if (options.violations.length === 0) return;
  sink.recordArtifact("view_contract_violations_v1", {
    view: options.tableName,
    violations: options.violations.map((violation) => ({
      violation_type: violation.violationType,
      table_name: violation.tableName,
      column_name: violation.columnName ?? null,
      expected: violation.expected ?? null,
      actual: violation.actual ?? null,
    })),
  });
}

/** Records the artifact `view_artifact_v1` of one view. Bytes are kept as hex. */
export function recordViewArtifact(
  sink: DiagnosticsSink,
  options: { readonly artifact: ViewArtifact },
): void {
  const { artifact } = options;
  const payload: Payload = {
    name: artifact.name,
    plan_fingerprint: artifact.planFingerprint,
    plan_task_signature: artifact.planTaskSignature,
    schema_fingerprint: artifact.schemaFingerprint,
    schema_msgpack: artifact.schemaMsgpack ?? null,
    schema_describe_msgpack: artifact.schemaDescribeMsgpack ?? null,
    required_udfs: artifact.requiredUdfs,
    referenced_tables: artifact.referencedTables,
  };
  sink.recordArtifact("view_artifact_v1", payload);
}
