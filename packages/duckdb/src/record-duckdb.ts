import { diag } from "@opentelemetry/api";
import {
  preparedStatementHook,
  recordRustUdfSnapshot,
  recordViewArtifact,
  recordViewContractViolations,
  recordViewFingerprints,
  recordViewUdfParity,
  type DiagnosticsSink,
  type PreparedStatement,
  type SchemaViolation,
  type UdfSnapshot,
  type ViewNode,
} from "@pitot/core";
import type { SchemaContract } from "@pitot/tables";
import { checkTableContract } from "./describe-table.ts";
import type { DuckDBConnectionLike } from "./duckdb-connection.ts";
import { engineFunctions } from "./engine-functions.ts";
import { engineViews, viewArtifact } from "./engine-views.ts";
import type { OperatorProfile } from "./operator-profile.ts";
import type { QueryPlan } from "./query-plan.ts";
import { featureStates, runtimeProfile } from "./runtime-profile.ts";

/** What {@link recordDuckDBSession} compares the engine with. */
export interface DuckDBSessionOptions {
  /** What tables and views must look like. */
  readonly contracts?: readonly SchemaContract[];
  /** The functions that the views were made for, e.g. of the session that made them. Default: those of the engine now. */
  readonly snapshot?: UdfSnapshot;
}

/** What {@link recordDuckDBSession} found. */
export interface DuckDBSession {
  readonly views: readonly ViewNode[];
  readonly functions: UdfSnapshot;
  readonly violations: readonly SchemaViolation[];
}

/**
 * Records what the engine of a session is: artifacts `engine_runtime_profile_v1` and `feature_state_v1`, the function snapshot
 * `rust_udf_snapshot_v1`, view fingerprints, an artifact per view, parity of views and functions, and contract violations. What cannot
 * be asked is told by `diag` and left out. Call it between statements: DuckDB ends a result that streams when another statement runs.
 *
 * Never rejects. Costs about ten statements, and four per view.
 */
export async function recordDuckDBSession(
  sink: DiagnosticsSink,
  connection: DuckDBConnectionLike,
  options: DuckDBSessionOptions = {},
): Promise<DuckDBSession> {
  await attempt("the runtime profile", async () => {
    const { sourceId, ...profile } = await runtimeProfile(connection);
    sink.recordArtifact("engine_runtime_profile_v1", { ...profile, source_id: sourceId });
  });
  await attempt("the state of features", async () => {
    sink.recordArtifact("feature_state_v1", { engine: "duckdb", features: await featureStates(connection) });
  });
  const functions = (await attempt("the functions", () => engineFunctions(connection))) ?? {};
  recordRustUdfSnapshot(sink, { snapshot: functions });
  const views = (await attempt("the views", () => engineViews(connection))) ?? [];
  recordViewFingerprints(sink, { viewNodes: views });
  const { scalar = [], aggregate = [], window = [], table = [] } = functions;
  recordViewUdfParity(sink, {
    snapshot: options.snapshot ?? functions,
    viewNodes: views,
    catalog: [...scalar, ...aggregate, ...window, ...table],
  });
  for (const { name, planFingerprint } of views)
    if (planFingerprint !== undefined)
      await attempt(`view ${name}`, async () => {
        recordViewArtifact(sink, { artifact: await viewArtifact(connection, name) });
      });
  const violations: SchemaViolation[] = [];
  for (const contract of options.contracts ?? [])
    violations.push(...(await recordTableContract(sink, connection, contract)));
  return { views, functions, violations };
}

/** Checks one contract and records its violations; returns them. Never rejects. */
export async function recordTableContract(
  sink: DiagnosticsSink,
  connection: DuckDBConnectionLike,
  contract: SchemaContract,
): Promise<SchemaViolation[]> {
  const violations =
    (await attempt(`the contract of ${contract.tableName}`, () =>
      checkTableContract(connection, contract),
    )) ?? [];
  recordViewContractViolations(sink, { tableName: contract.tableName, violations });
  return violations;
}

/** Records a plan as the artifact `query_plan_v1`. */
export function recordQueryPlan(sink: DiagnosticsSink, text: string, plan: QueryPlan): void {
  sink.recordArtifact("query_plan_v1", {
    statement: text,
    plan_fingerprint: plan.fingerprint,
    operators: plan.operators,
  });
}

/** Records a profile as the artifact `query_profile_v1`. */
export function recordProfile(sink: DiagnosticsSink, text: string, profile: OperatorProfile): void {
  sink.recordArtifact("query_profile_v1", {
    statement: text,
    latency_s: profile.latencySeconds,
    cpu_s: profile.cpuSeconds,
    rows_returned: profile.rowsReturned,
    rows_scanned: profile.rowsScanned,
    bytes_read: profile.bytesRead,
    peak_memory_bytes: profile.peakMemoryBytes,
    operators: profile.operators.map(({ rowsScanned, ...operator }) => ({
      ...operator,
      rows_scanned: rowsScanned,
    })),
  });
}

/** Records a statement that was prepared. */
export function recordPrepared(sink: DiagnosticsSink, statement: PreparedStatement): void {
  preparedStatementHook(sink)(statement);
}

async function attempt<T>(what: string, body: () => Promise<T>): Promise<T | undefined> {
  try {
    return await body();
  } catch (error) {
    diag.warn(`pitot: ${what} of DuckDB cannot be recorded; the pipeline goes on`, error);
    return undefined;
  }
}
