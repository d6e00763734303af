import type { UdfSnapshot } from "@pitot/core";
import { bareConnection, queryRows, quoteName, type DuckDBConnectionLike } from "./duckdb-connection.ts";

/**
 * The functions that the engine knows, by kind, each name once: built in, of extensions, registered by the application, macros (as
 * scalar and table functions). Window functions are the aggregates that DuckDB calls only in windows. `user` names those that the
 * application registered or made as macros; it is left out where an extension that it loaded cannot be loaded a second time.
 *
 * DuckDB's catalogue does not tell a registered function from a built-in one, so that the first call opens an empty in-memory instance
 * to compare with, which costs some ten milliseconds.
 */
export async function engineFunctions(connection: DuckDBConnectionLike): Promise<UdfSnapshot> {
  const rows = await queryRows(connection, FUNCTIONS);
  const of = (...kinds: string[]): string[] => [
    ...new Set(rows.filter((row) => kinds.includes(String(row["kind"]))).map((row) => String(row["name"]))),
  ];
  const aggregates = of("aggregate");
  const user = await userFunctions(connection, rows).catch(() => undefined);
  return {
    scalar: of("scalar", "macro"),
    aggregate: aggregates.filter((name) => !WINDOW.has(name)),
    window: aggregates.filter((name) => WINDOW.has(name)),
    table: of("table", "table_macro"),
    ...(user === undefined ? {} : { user }),
  };
}

const FUNCTIONS =
  "SELECT function_name AS name, function_type AS kind, bool_and(internal) AS internal FROM duckdb_functions() GROUP BY ALL ORDER BY ALL";
const LOADED = "SELECT extension_name AS name FROM duckdb_extensions() WHERE loaded ORDER BY 1";

/** What instances have of themselves, by the engine's class of connections and the extensions that are loaded. */
const builtIn = new WeakMap<object, Map<string, Promise<ReadonlySet<string>>>>();

async function userFunctions(
  connection: DuckDBConnectionLike,
  rows: readonly Record<string, unknown>[],
): Promise<string[]> {
  const extensions = (await queryRows(connection, LOADED)).map((row) => String(row["name"]));
  const engine = connection.constructor as unknown as EngineClass;
  let known = builtIn.get(engine);
  if (known === undefined) builtIn.set(engine, (known = new Map()));
  const key = extensions.join();
  let found = known.get(key);
  if (found === undefined) known.set(key, (found = builtInFunctions(engine, extensions)));
  const names = await found;
  const user = rows.filter((row) => row["internal"] !== true || !names.has(String(row["name"])));
  return [...new Set(user.map((row) => String(row["name"])))];
}

/** The class of connections of `@duckdb/node-api`: without an instance, it makes one in memory that nobody else has. */
interface EngineClass {
  create(): Promise<DuckDBConnectionLike>;
}

async function builtInFunctions(
  engine: EngineClass,
  extensions: readonly string[],
): Promise<ReadonlySet<string>> {
  const fresh = bareConnection(await engine.create());
  try {
    const loaded = new Set((await queryRows(fresh, LOADED)).map((row) => row["name"]));
    for (const name of extensions) if (!loaded.has(name)) await fresh.run(`LOAD ${quoteName(name)}`);
    return new Set((await queryRows(fresh, FUNCTIONS)).map((row) => String(row["name"])));
  } finally {
    fresh.disconnectSync();
  }
}

/** DuckDB lists these as aggregates, and runs them in windows only. */
const WINDOW = new Set(
  "row_number rank dense_rank rank_dense percent_rank cume_dist ntile lag lead first_value last_value nth_value fill".split(
    " ",
  ),
);
