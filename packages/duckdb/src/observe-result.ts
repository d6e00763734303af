import { ATTR_DB_RESPONSE_RETURNED_ROWS, ATTR_QUERY_COMPLETE } from "@pitot/semconv";
import type { DuckDBPendingLike, DuckDBResultLike } from "./duckdb-connection.ts";
import type { StatementSpan } from "./statement-span.ts";

/** What has begun on one connection and not ended: its end is the connection's at the latest. */
export class OpenWork {
  readonly #open = new Set<() => void>();
  readonly #collected = new FinalizationRegistry<() => void>((end) => this.#close(end));

  /** `end` is called when `owner` is collected, or the connection closed; not after the returned function was called. */
  add(owner: object, end: () => void): () => void {
    this.#open.add(end);
    this.#collected.register(owner, end, end);
    return () => {
      this.#open.delete(end);
      this.#collected.unregister(end);
    };
  }

  closeAll(): void {
    for (const end of this.#open) this.#close(end);
  }

  #close(end: () => void): void {
    if (this.#open.delete(end)) end();
  }
}

/**
 * Ends `statement` when `result`, which streams, is drained: by its last chunk, by a loop that is left early, by an error, by the
 * connection's end or when nobody holds it any more. Rows are those that were fetched.
 */
export function observeStream(result: DuckDBResultLike, statement: StatementSpan, open: OpenWork): void {
  let rows = 0;
  const end = (complete: boolean): void =>
    statement.end({ [ATTR_DB_RESPONSE_RETURNED_ROWS]: rows, [ATTR_QUERY_COMPLETE]: complete });
  const forget = open.add(result, () => end(false));
  const close = (complete: boolean): void => {
    forget();
    end(complete);
  };
  const fetchChunk = result.fetchChunk;
  define(result, "fetchChunk", function (this: DuckDBResultLike) {
    return fetchChunk.call(this).then(
      (chunk) => {
        if (chunk === null || chunk.rowCount === 0) close(true);
        else rows += chunk.rowCount;
        return chunk;
      },
      (error: unknown) => {
        forget();
        statement.fail(error);
        throw error;
      },
    );
  });
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
  const forget = open.add(pending, () => statement.end({ [ATTR_QUERY_COMPLETE]: false }));
  const failed = (error: unknown): never => {
    forget();
    statement.fail(error);
    throw error;
  };
  const { runTask, getResult } = pending;
  define(pending, "runTask", function (this: DuckDBPendingLike) {
    try {
      return runTask.call(this);
    } catch (error) {
      return failed(error);
    }
  });
  define(pending, "getResult", function (this: DuckDBPendingLike) {
    return getResult.call(this).then((result) => {
      forget();
      if ((result as { isStreaming?: boolean }).isStreaming === true) observeStream(result, statement, open);
      else statement.finish(result);
      return result;
    }, failed);
  });
}

/** Sets a method on one object, hidden from enumeration as the class's own is. */
export function define(target: object, name: string | symbol, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true, enumerable: false });
}
