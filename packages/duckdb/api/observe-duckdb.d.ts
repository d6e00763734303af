import { type DuckDBConnectionLike, type DuckDBInstanceLike } from "./duckdb-connection.ts";
import type { ObserveDuckDBOptions } from "./observe-options.ts";
/**
 * Observes one connection of `@duckdb/node-api`: a CLIENT span per statement by OpenTelemetry's database conventions, and the
 * histograms `pitot.query.duration` and `db.client.operation.duration`. Results, readers, errors and types are DuckDB's own. The
 * methods of this one connection are replaced, those of its class are not; a connection is observed once.
 *
 * A statement of `runAndReadAll` and its like is one span. A streaming result's span ends with its last chunk. Costs what a span of
 * the SDK costs, and about 3 µs more (`npm run bench -- --row 14`).
 *
 * ```ts
 * const connection = observeDuckDB(await instance.connect());
 * await connection.runAndReadAll("SELECT count(*) FROM flights WHERE delay > 60");
 * ```
 */
export declare function observeDuckDB<C extends DuckDBConnectionLike>(connection: C, options?: ObserveDuckDBOptions): C;
/** Observes every connection that `instance` makes from now on. */
export declare function observeDuckDBInstance<I extends DuckDBInstanceLike>(instance: I, options?: ObserveDuckDBOptions): I;
