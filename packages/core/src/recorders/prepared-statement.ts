import type { DiagnosticsSink } from "../diagnostics-sink.ts";

/** A prepared statement as an engine reports it. */
export interface PreparedStatement {
  readonly name: string;
  readonly sql: string;
  readonly parameterTypes?: readonly string[];
}

/** A callback for engines: records the artifact `prepared_statements_v1` of each statement that it is called with. */
export function preparedStatementHook(sink: DiagnosticsSink): (statement: PreparedStatement) => void {
  return (statement) =>
    sink.recordArtifact("prepared_statements_v1", {
      name: statement.name,
      sql: statement.sql,
      param_types: [...(statement.parameterTypes ?? [])],
    });
}
