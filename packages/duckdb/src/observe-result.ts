import { ATTR_DB_RESPONSE_RETURNED_ROWS, ATTR_QUERY_COMPLETE } from "@pitot/semconv";
import type { DuckDBPendingLike, DuckDBResultLike } from "./duckdb-connection.ts";
import { RowTally } from "./row-tally.ts";
import type { StatementSpan } from "./statement-span.ts";

/** What has begun on one connection and not ended: its end is the connection's at the latest. */
export class OpenWork {
  readonly #results = new Set<() => void>();
  readonly #appenders = new Set<() => void>();
  readonly #collected = new FinalizationRegistry<() => void>((end) => this.#close(end));

  /**
   * `end` is called when `owner` is collected, its connection closed or, of a result, ended by another statement; not after the
   * returned function was called.
   */
  add(kind: "result" | "appender", owner: object, end: () => void): () => void {
    (kind === "result" ? this.#results : this.#appenders).add(end);
    this.#collected.register(owner, end, end);
    return () => {
      this.#results.delete(end);
      this.#appenders.delete(end);
      this.#collected.unregister(end);
    };
  }

  /** DuckDB ends a result that is not fetched yet when its connection runs or prepares another statement, flushes an appender or is interrupted, without an error. */
  endResults(): void {
    for (const end of this.#results) this.#close(end);
  }

  endAll(): void {
    this.endResults();
    for (const end of this.#appenders) this.#close(end);
  }

  #close(end: () => void): void {
    if (this.#results.delete(end) || this.#appenders.delete(end)) end();
  }
}

/**
 * Ends `statement` when `result`, which streams, is drained: by its last chunk, by a loop that is left early, by an error, by the
 * connection's end or next statement, or when nobody holds it any more. Rows are those that were fetched. `@duckdb/node-api` tells
 * an error in the middle of a stream as its end, so that Pitot cannot tell it either.
 */
export function observeStream(result: DuckDBResultLike, statement: StatementSpan, open: OpenWork): void {
  const tally = new RowTally(statement, ATTR_DB_RESPONSE_RETURNED_ROWS);
  const forget = open.add("result", result, tally.abandon);
  const close = (complete: boolean): void => {
    forget();
    tally.end({ [ATTR_QUERY_COMPLETE]: complete });
  };
  const fetchChunk = bound(result, "fetchChunk");
  define(result, "fetchChunk", () =>
    fetchChunk().then(
      (chunk) => {
        if (chunk === null || chunk.rowCount === 0) close(true);
        else tally.rows += chunk.rowCount;
        return chunk;
      },
      (error: unknown) => {
        forget();
        statement.fail(error);
        throw error;
      },
    ),
  );
  const iterate = (result as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator];
  if (iterate === undefined) return;
  define(result, Symbol.asyncIterator, async function* (this: AsyncIterable<unknown>) {
    try {
      yield* { [Symbol.asyncIterator]: () => iterate.call(this) };
    } finally {
      // After the last chunk this changes nothing.
      close(false);
    }
  });
}

/** Ends `statement` with the result of `pending`, whose tasks the caller drives. */
export function observePending(pending: DuckDBPendingLike, statement: StatementSpan, open: OpenWork): void {
  const forget = open.add("result", pending, new RowTally(statement, ATTR_DB_RESPONSE_RETURNED_ROWS).abandon);
  const failed = (error: unknown): never => {
    forget();
    statement.fail(error);
    throw error;
  };
  const runTask = bound(pending, "runTask");
  const getResult = bound(pending, "getResult");
  define(pending, "runTask", () => {
    try {
      return runTask();
    } catch (error) {
      return failed(error);
    }
  });
  define(pending, "getResult", () => {
    return getResult().then((result) => {
      forget();
      if ((result as { isStreaming?: boolean }).isStreaming === true) observeStream(result, statement, open);
      else statement.finish(result);
      return result;
    }, failed);
  });
}

/** A method of one object as it is now, to be called without the object. */
export function bound<T extends object, K extends keyof T>(target: T, name: K): T[K] {
  return (target[name] as (...args: unknown[]) => unknown).bind(target) as T[K];
}

/** Sets a method on one object, hidden from enumeration as the class's own is. */
export function define(target: object, name: string | symbol, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true, enumerable: false });
}
