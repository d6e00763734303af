import type { Attributes } from "@opentelemetry/api";
import { diag } from "@opentelemetry/api";
import { guarded, type DiagnosticsSink } from "@pitot/core";
import { ATTR_DB_COLLECTION_NAME, ATTR_QUERY_STREAMING } from "@pitot/semconv";
import { describeStatement, type StatementDescription } from "./describe-statement.ts";
import {
  isObserved,
  keepBare,
  type DuckDBConnectionLike,
  type DuckDBInstanceLike,
  type DuckDBPendingLike,
  type DuckDBPreparedLike,
  type DuckDBResultLike,
} from "./duckdb-connection.ts";
import { observeAppender } from "./observe-appender.ts";
import { bound, define, observePending, observeStream, OpenWork } from "./observe-result.ts";
import { splitStatements } from "./statement-tokens.ts";
import { StatementSpan, type StatementSettings } from "./statement-span.ts";
import { StatementDetails, type ParquetScanHook } from "./statement-details.ts";

/** What is observed of a connection. */
export interface ObserveDuckDBOptions {
  /** Show literals in `db.query.text` and in error messages. Default false: values stay where they are. */
  readonly literals?: boolean;
  /** `db.namespace`, e.g. the name of the database's file. */
  readonly namespace?: string;
  /** Where plans, profiles and prepared statements are recorded. Default: the run that is active at the statement. */
  readonly sink?: DiagnosticsSink;
  /**
   * Explain each new statement before it runs: its plan becomes an artifact and its fingerprint an attribute of every span of that
   * statement. Costs one `EXPLAIN` per distinct text. Default false.
   */
  readonly plans?: boolean;
  /**
   * Operator timings and rows of every statement, as an artifact. It turns on JSON profiling on this connection and lets its statements
   * run one after the other, as DuckDB itself does. Default false.
   */
  readonly profile?: boolean;
  /** Record the artifact `prepared_statements_v1` once per statement that is prepared. Default true. */
  readonly preparedStatements?: boolean;
  /**
   * Called with each Parquet scan that a plan has (with `plans`). DuckDB does not report row groups that it skipped: whoever knows the
   * files can ask their footers what the filters could have skipped, and record that as a scan.
   */
  readonly onParquetScan?: ParquetScanHook;
}

/** Everything about one observed connection. */
class ObservedConnection {
  readonly #connection: DuckDBConnectionLike;
  readonly #bare: DuckDBConnectionLike;
  readonly #settings: StatementSettings;
  readonly #details: StatementDetails | undefined;
  readonly #open = new OpenWork();

  constructor(connection: DuckDBConnectionLike, bare: DuckDBConnectionLike, options: ObserveDuckDBOptions) {
    this.#connection = connection;
    this.#bare = bare;
    this.#settings = {
      literals: options.literals ?? false,
      namespace: options.namespace,
      durations: new Map(),
    };
    this.#details = StatementDetails.of(bare, options);
  }

  patch(): void {
    const connection = this.#connection;
    const bare = this.#bare;
    const run = (sql: string, values?: unknown, types?: unknown): Promise<DuckDBResultLike> =>
      this.#execute(sql, values, types, () => bare.run(sql, values, types));
    const stream = (sql: string, values?: unknown, types?: unknown): Promise<DuckDBResultLike> =>
      this.#stream(sql, values, types, () => bare.stream(sql, values, types));
    const methods = {
      run,
      stream,
      start: (sql: string, values?: unknown, types?: unknown) =>
        this.#start(sql, false, () => bare.start(sql, values, types)),
      startStream: (sql: string, values?: unknown, types?: unknown) =>
        this.#start(sql, true, () => bare.startStream(sql, values, types)),
      prepare: (sql: string) => this.#prepare(sql, () => bare.prepare(sql)),
      extractStatements: async (sql: string) => {
        const extracted = await bare.extractStatements(sql);
        const texts = splitStatements(sql);
        const prepare = bound(extracted, "prepare");
        define(extracted, "prepare", (index: number) => {
          const text = texts.length === extracted.count ? (texts[index] ?? sql) : sql;
          return this.#prepare(text, () => prepare(index));
        });
        return extracted;
      },
      createAppender: async (table: string, schema?: string | null, catalog?: string | null) => {
        const statement = this.#appenderSpan(table, schema, catalog);
        try {
          const appender = await bare.createAppender(table, schema, catalog);
          const owner = appender as { connection?: unknown };
          if (owner.connection === bare) owner.connection = connection;
          observeAppender(appender, statement, this.#open);
          return appender;
        } catch (error) {
          statement.fail(error);
          throw error;
        }
      },
      interrupt: () => {
        bare.interrupt();
        this.#open.endResults();
      },
      disconnectSync: () => {
        this.#open.endAll();
        this.#details?.close();
        bare.disconnectSync();
      },
    };
    for (const [name, method] of Object.entries(methods)) define(connection, name, method);
  }

  #begin(sql: string, attributes?: Attributes): StatementSpan {
    this.#open.endResults();
    // What is no text fails in the engine, not here.
    const text = typeof sql === "string" ? sql : "";
    return new StatementSpan(describeStatement(text), text, this.#settings, attributes);
  }

  #execute(
    sql: string,
    values: unknown,
    types: unknown,
    run: () => Promise<DuckDBResultLike>,
  ): Promise<DuckDBResultLike> {
    const statement = this.#begin(sql);
    const details = this.#details;
    if (details?.active !== true)
      return run().then(
        (result) => {
          statement.finish(result);
          return result;
        },
        (error: unknown) => {
          statement.fail(error);
          throw error;
        },
      );
    return details.around(sql, values, types, statement, async () => {
      try {
        const result = await run();
        details.profiled(sql, statement);
        statement.finish(result);
        return result;
      } catch (error) {
        statement.fail(error);
        throw error;
      }
    });
  }

  async #stream(
    sql: string,
    values: unknown,
    types: unknown,
    stream: () => Promise<DuckDBResultLike>,
  ): Promise<DuckDBResultLike> {
    const statement = this.#begin(sql, { [ATTR_QUERY_STREAMING]: true });
    await this.#details?.explain(sql, values, types, statement);
    try {
      const result = await stream();
      observeStream(result, statement, this.#open);
      return result;
    } catch (error) {
      statement.fail(error);
      throw error;
    }
  }

  async #start(
    sql: string,
    streaming: boolean,
    start: () => Promise<DuckDBPendingLike>,
  ): Promise<DuckDBPendingLike> {
    const statement = this.#begin(sql, streaming ? { [ATTR_QUERY_STREAMING]: true } : undefined);
    try {
      const pending = await start();
      observePending(pending, statement, this.#open);
      return pending;
    } catch (error) {
      statement.fail(error);
      throw error;
    }
  }

  /** A prepared statement has a span each time that it runs; preparing has one only where it fails. */
  async #prepare(sql: string, prepare: () => Promise<DuckDBPreparedLike>): Promise<DuckDBPreparedLike> {
    this.#open.endResults();
    let prepared: DuckDBPreparedLike;
    try {
      prepared = await prepare();
    } catch (error) {
      this.#begin(sql).fail(error);
      throw error;
    }
    this.#details?.prepared(sql, prepared, this.#settings.literals);
    const run = bound(prepared, "run");
    const stream = bound(prepared, "stream");
    const pending = (method: () => DuckDBPendingLike, streaming: boolean) => (): DuckDBPendingLike => {
      const statement = this.#begin(sql, streaming ? { [ATTR_QUERY_STREAMING]: true } : undefined);
      try {
        const started = method();
        observePending(started, statement, this.#open);
        return started;
      } catch (error) {
        statement.fail(error);
        throw error;
      }
    };
    define(prepared, "run", () => this.#execute(sql, undefined, undefined, () => run()));
    define(prepared, "stream", () => this.#stream(sql, undefined, undefined, () => stream()));
    define(prepared, "start", pending(bound(prepared, "start"), false));
    define(prepared, "startStream", pending(bound(prepared, "startStream"), true));
    return prepared;
  }

  #appenderSpan(table: string, schema?: string | null, catalog?: string | null): StatementSpan {
    const name = [catalog, schema, table].filter((part) => part != null).join(".");
    const description: StatementDescription = {
      text: `APPEND ${name}`,
      operation: "APPEND",
      summary: `APPEND ${name}`.slice(0, 255),
      collection: undefined,
      statements: 1,
    };
    return new StatementSpan(description, description.text, this.#settings, {
      [ATTR_DB_COLLECTION_NAME]: name,
    });
  }
}

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
    new ObservedConnection(connection, bare, options).patch();
  });
  return connection;
}

/** Observes every connection that `instance` makes from now on. */
export function observeDuckDBInstance<I extends DuckDBInstanceLike>(
  instance: I,
  options: ObserveDuckDBOptions = {},
): I {
  guarded("duckdb.observe", () => {
    const connect = bound(instance, "connect");
    define(instance, "connect", async () => observeDuckDB(await connect(), options));
  });
  return instance;
}
