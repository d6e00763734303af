import type { SchemaViolation } from "@pitot/core";
import { checkContract, type SchemaContract } from "@pitot/tables";
import { Field, Schema } from "apache-arrow";
import { arrowType } from "./arrow-type.ts";
import { bareConnection, queryRows, quoteName, type DuckDBConnectionLike } from "./duckdb-connection.ts";

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
export async function describeTable(
  connection: DuckDBConnectionLike,
  name: string,
): Promise<TableDescription | null> {
  const quoted = name.split(".").map(quoteName).join(".");
  let rows: Record<string, unknown>[];
  try {
    rows = await queryRows(connection, `DESCRIBE ${quoted}`);
  } catch (error) {
    if (error instanceof Error && /^Catalog Error: .*does not exist/.test(error.message)) return null;
    throw error;
  }
  const result = await bareConnection(connection).run(`FROM ${quoted} LIMIT 0`);
  const notNull = new Set(rows.filter((row) => row["null"] === "NO").map((row) => row["column_name"]));
  const fields = Array.from({ length: result.columnCount }, (_, i) => {
    const column = result.columnName(i);
    return Field.new({ name: column, type: arrowType(result.columnType(i)), nullable: !notNull.has(column) });
  });
  return { schema: new Schema(fields), rows };
}

/**
 * How a table or view of the engine differs from its contract; a table that is not there is one violation.
 * @throws as {@link describeTable}
 */
export async function checkTableContract(
  connection: DuckDBConnectionLike,
  contract: SchemaContract,
): Promise<SchemaViolation[]> {
  const table = await describeTable(connection, contract.tableName);
  return checkContract(table?.schema ?? null, contract);
}
