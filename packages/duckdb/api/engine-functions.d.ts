import type { UdfSnapshot } from "@pitot/core";
import { type DuckDBConnectionLike } from "./duckdb-connection.ts";
/**
 * The functions that the engine knows, by kind, each name once: built in, of extensions, registered by the application, macros (as
 * scalar and table functions). Window functions are the aggregates that DuckDB calls only in windows. `user` names those that the
 * application registered or made as macros; it is left out where an extension that it loaded cannot be loaded a second time.
 *
 * DuckDB's catalogue does not tell a registered function from a built-in one, so that the first call opens an empty in-memory instance
 * to compare with, which costs some ten milliseconds.
 */
export declare function engineFunctions(connection: DuckDBConnectionLike): Promise<UdfSnapshot>;
