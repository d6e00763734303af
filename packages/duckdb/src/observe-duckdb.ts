import { diag } from "@opentelemetry/api";
import { guarded } from "@pitot/core";
import {
  isObserved,
  keepBare,
  type DuckDBConnectionLike,
  type DuckDBInstanceLike,
} from "./duckdb-connection.ts";
import type { ObserveDuckDBOptions } from "./observe-options.ts";
import { ObservedConnection } from "./observed-connection.ts";
import { boundMethod, replaceMethod } from "./replace-method.ts";

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
export function observeDuckDB<C extends DuckDBConnectionLike>(
  connection: C,
  options: ObserveDuckDBOptions = {},
): C {
  guarded("duckdb.observe", () => {
    if (isObserved(connection)) return;
    if (!Object.hasOwn(connection, "connection") || typeof connection.run !== "function") {
      diag.warn(
        "pitot: this connection is not one of @duckdb/node-api, or of a version that keeps its handle elsewhere; it is not observed",
      );
      return;
    }
    // Calls of the class on itself, such as run's on extractStatements, stay on this side: counted once.
    const bare = Object.create(
      Object.getPrototypeOf(connection) as object,
      Object.getOwnPropertyDescriptors(connection),
    ) as DuckDBConnectionLike;
    keepBare(connection, bare);
    new ObservedConnection(bare, options).observe(connection);
  });
  return connection;
}

/** Observes every connection that `instance` makes from now on. */
export function observeDuckDBInstance<I extends DuckDBInstanceLike>(
  instance: I,
  options: ObserveDuckDBOptions = {},
): I {
  guarded("duckdb.observe", () => {
    const connect = boundMethod(instance, "connect");
    replaceMethod(instance, "connect", async () => observeDuckDB(await connect(), options));
  });
  return instance;
}
