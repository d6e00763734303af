import { type Attributes, type Span } from "@opentelemetry/api";
import { type HistogramSeries } from "@pitot/core";
import type { StatementDescription } from "./describe-statement.ts";
import type { DuckDBResultLike } from "./duckdb-connection.ts";
/** What all statements of one connection share. */
export interface StatementSettings {
    /** Show literals in `db.query.text` and in error messages. */
    readonly literals: boolean;
    /** `db.namespace`; undefined: not told. */
    readonly namespace: string | undefined;
    /** Of statements that succeed, by operation; there are a few dozen. */
    readonly durations: Map<string, HistogramSeries>;
}
/** The CLIENT span and the durations of one statement. Nothing here throws. */
export declare class StatementSpan {
    #private;
    readonly span: Span;
    constructor(statement: StatementDescription, sql: string, settings: StatementSettings, attributes?: Attributes);
    /** The statement has been run, and its rows are all there. */
    finish(result: DuckDBResultLike): void;
    fail(error: unknown): void;
    /** Ends span and durations, the first time only. */
    end(attributes?: Attributes, errorType?: string): void;
}
