import type { Attributes } from "@opentelemetry/api";
import { ATTR_QUERY_STREAMING } from "@pitot/semconv";
import { describeStatement, type StatementDescription } from "./describe-statement.ts";
import type {
  DuckDBAppenderLike,
  DuckDBConnectionLike,
  DuckDBExtractedLike,
  DuckDBPendingLike,
  DuckDBPreparedLike,
  DuckDBResultLike,
} from "./duckdb-connection.ts";
import { observeAppender } from "./observe-appender.ts";
import type { ObserveDuckDBOptions } from "./observe-options.ts";
import { observePending, observeStream } from "./observe-result.ts";
import { OpenWork } from "./open-work.ts";
import { boundMethod, replaceMethod } from "./replace-method.ts";
import { StatementDetails } from "./statement-details.ts";
import { StatementSpan, type StatementSettings } from "./statement-span.ts";
import { splitStatements } from "./statement-tokens.ts";

const STREAMING: Attributes = { [ATTR_QUERY_STREAMING]: true };

/** The methods of one connection, and of what it prepares, with a span around each statement. */
export class ObservedConnection {
  readonly #bare: DuckDBConnectionLike;
  readonly #settings: StatementSettings;
  readonly #details: StatementDetails | undefined;
  readonly #open = new OpenWork();

  /** @param bare the connection as it is without observation */
  constructor(bare: DuckDBConnectionLike, options: ObserveDuckDBOptions) {
    this.#bare = bare;
    this.#settings = {
      literals: options.literals ?? false,
      namespace: options.namespace,
      durations: new Map(),
    };
    this.#details = StatementDetails.of(bare, options);
  }

  /** Replaces the methods of `connection`. */
  observe(connection: DuckDBConnectionLike): void {
    const bare = this.#bare;
    const methods: Partial<DuckDBConnectionLike> = {
      run: (sql, values, types) => this.#run(sql, values, types, () => bare.run(sql, values, types)),
      stream: (sql, values, types) => this.#stream(sql, values, types, () => bare.stream(sql, values, types)),
      start: (sql, values, types) => this.#start(sql, undefined, () => bare.start(sql, values, types)),
      startStream: (sql, values, types) =>
        this.#start(sql, STREAMING, () => bare.startStream(sql, values, types)),
      prepare: (sql) => this.#prepare(sql, () => bare.prepare(sql)),
      extractStatements: (sql) => this.#extractStatements(sql),
      createAppender: (table, schema, catalog) => this.#createAppender(connection, table, schema, catalog),
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
    for (const [name, method] of Object.entries(methods)) replaceMethod(connection, name, method);
  }

  #begin(sql: string, attributes?: Attributes): StatementSpan {
    this.#open.endResults();
    // What is no text fails in the engine, not here.
    const text = typeof sql === "string" ? sql : "";
    return new StatementSpan(describeStatement(text), text, this.#settings, attributes);
  }

  #run(
    sql: string,
    values: unknown,
    types: unknown,
    run: () => Promise<DuckDBResultLike>,
  ): Promise<DuckDBResultLike> {
    const statement = this.#begin(sql);
    const finish = (result: DuckDBResultLike): DuckDBResultLike => {
      statement.finish(result);
      return result;
    };
    const fail = (error: unknown): never => statement.fail(error);
    const details = this.#details;
    if (details?.active !== true) return run().then(finish, fail);
    return details.around(sql, values, types, statement, () =>
      run().then((result) => {
        details.profiled(sql, statement);
        return finish(result);
      }, fail),
    );
  }

  async #stream(
    sql: string,
    values: unknown,
    types: unknown,
    stream: () => Promise<DuckDBResultLike>,
  ): Promise<DuckDBResultLike> {
    const statement = this.#begin(sql, STREAMING);
    await this.#details?.explain(sql, values, types, statement);
    try {
      return observeStream(await stream(), statement, this.#open);
    } catch (error) {
      return statement.fail(error);
    }
  }

  async #start(
    sql: string,
    attributes: Attributes | undefined,
    start: () => Promise<DuckDBPendingLike>,
  ): Promise<DuckDBPendingLike> {
    const statement = this.#begin(sql, attributes);
    try {
      return observePending(await start(), statement, this.#open);
    } catch (error) {
      return statement.fail(error);
    }
  }

  /** A prepared statement has a span each time that it runs; preparing has one only where it fails. */
  async #prepare(sql: string, prepare: () => Promise<DuckDBPreparedLike>): Promise<DuckDBPreparedLike> {
    this.#open.endResults();
    let prepared: DuckDBPreparedLike;
    try {
      prepared = await prepare();
    } catch (error) {
      return this.#begin(sql).fail(error);
    }
    this.#details?.prepared(sql, prepared);
    const run = boundMethod(prepared, "run");
    const stream = boundMethod(prepared, "stream");
    replaceMethod(prepared, "run", () => this.#run(sql, undefined, undefined, () => run()));
    replaceMethod(prepared, "stream", () => this.#stream(sql, undefined, undefined, () => stream()));
    for (const name of ["start", "startStream"] as const) {
      const start = boundMethod(prepared, name);
      replaceMethod(prepared, name, (): DuckDBPendingLike => {
        const statement = this.#begin(sql, name === "startStream" ? STREAMING : undefined);
        try {
          return observePending(start(), statement, this.#open);
        } catch (error) {
          return statement.fail(error);
        }
      });
    }
    return prepared;
  }

  async #extractStatements(sql: string): Promise<DuckDBExtractedLike> {
    const extracted = await this.#bare.extractStatements(sql);
    const texts = splitStatements(sql);
    const prepare = boundMethod(extracted, "prepare");
    replaceMethod(extracted, "prepare", (index: number) => {
      const text = texts.length === extracted.count ? (texts[index] ?? sql) : sql;
      return this.#prepare(text, () => prepare(index));
    });
    return extracted;
  }

  async #createAppender(
    connection: DuckDBConnectionLike,
    table: string,
    schema?: string | null,
    catalog?: string | null,
  ): Promise<DuckDBAppenderLike> {
    const name = [catalog, schema, table].filter((part) => part != null).join(".");
    const description: StatementDescription = {
      text: `APPEND ${name}`,
      operation: "APPEND",
      summary: `APPEND ${name}`.slice(0, 255),
      collection: name,
      statements: 1,
    };
    const statement = new StatementSpan(description, description.text, this.#settings);
    try {
      const appender = await this.#bare.createAppender(table, schema, catalog);
      const owner = appender as { connection?: unknown };
      if (owner.connection === this.#bare) owner.connection = connection;
      return observeAppender(appender, statement, this.#open);
    } catch (error) {
      return statement.fail(error);
    }
  }
}
