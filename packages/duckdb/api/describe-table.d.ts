import type { SchemaViolation } from "@pitot/core";
import { type SchemaContract } from "@pitot/tables";
import { Schema } from "apache-arrow";
import { type DuckDBConnectionLike } from "./duckdb-connection.ts";
/** A table or view as `DESCRIBE` shows it. */
export interface TableDescription {
    /** Arrow's view of the columns; NOT NULL is told, of tables. */
    readonly schema: Schema;
    /** The rows of `DESCRIBE`. */
    readonly rows: readonly Readonly<Record<string, unknown>>[];
}
/**
 * Describes a table or view: its columns' Arrow types and nullability. No row is read.
 *
 * @param name as SQL names it without quotes; dots part catalogue, schema and table
 * @returns null where there is none
 * @throws what the engine throws for another reason; PitotError UNSUPPORTED for a type without an Arrow type
 */
export declare function describeTable(connection: DuckDBConnectionLike, name: string): Promise<TableDescription | null>;
/**
 * How a table or view of the engine differs from its contract; a table that is not there is one violation.
 * @throws as {@link describeTable}
 */
export declare function checkTableContract(connection: DuckDBConnectionLike, contract: SchemaContract): Promise<SchemaViolation[]>;
