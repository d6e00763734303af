import type { UdfSnapshot } from "@pitot/core";
import { type DuckDBConnectionLike } from "./duckdb-connection.ts";
/**
 * The functions that the engine knows, by kind, each name once: built in, of extensions, registered by the application, macros (as
 * scalar and table functions). Window functions are the aggregates that DuckDB calls only in windows.
 */
export declare function engineFunctions(connection: DuckDBConnectionLike): Promise<UdfSnapshot>;
