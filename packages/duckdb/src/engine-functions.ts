import type { UdfSnapshot } from "@pitot/core";
import { queryRows, type DuckDBConnectionLike } from "./duckdb-connection.ts";

/**
 * The functions that the engine knows, by kind, each name once: built in, of extensions, registered by the application, macros (as
 * scalar and table functions). Window functions are the aggregates that DuckDB calls only in windows.
 */
export async function engineFunctions(connection: DuckDBConnectionLike): Promise<UdfSnapshot> {
  const rows = await queryRows(
    connection,
    "SELECT DISTINCT function_name AS name, function_type AS kind FROM duckdb_functions() ORDER BY 1, 2",
  );
  const of = (...kinds: string[]): string[] => [
    ...new Set(rows.filter((row) => kinds.includes(String(row["kind"]))).map((row) => String(row["name"]))),
  ];
  const aggregates = of("aggregate");
  return {
    scalar: of("scalar", "macro"),
    aggregate: aggregates.filter((name) => !WINDOW.has(name)),
    window: aggregates.filter((name) => WINDOW.has(name)),
    table: of("table", "table_macro"),
  };
}

/** DuckDB lists these as aggregates, and runs them in windows only. */
const WINDOW = new Set(
  "row_number rank dense_rank rank_dense percent_rank cume_dist ntile lag lead first_value last_value nth_value fill".split(
    " ",
  ),
);
