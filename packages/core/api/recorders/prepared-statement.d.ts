import type { DiagnosticsSink } from "../diagnostics-sink.ts";
/** A prepared statement as an engine reports it. */
export interface PreparedStatement {
    readonly name: string;
    readonly sql: string;
    readonly parameterTypes?: readonly string[];
}
/** A callback for engines: records the artifact `prepared_statements_v1` of each statement that it is called with. */
export declare function preparedStatementHook(sink: DiagnosticsSink): (statement: PreparedStatement) => void;
