import { ATTR_DB_RESPONSE_RETURNED_ROWS, ATTR_QUERY_COMPLETE } from "@pitot/semconv";
import type { DuckDBPendingLike, DuckDBResultLike } from "./duckdb-connection.ts";
import type { OpenWork } from "./open-work.ts";
import { boundMethod, replaceMethod } from "./replace-method.ts";
import { RowTally } from "./row-tally.ts";
import type { StatementSpan } from "./statement-span.ts";

/**
 * Ends `statement` when `result`, which streams, is drained: by its last chunk, by a loop that is left early, by an error, by the
 * connection's end or next statement, or when nobody holds it any more. Rows are those that were fetched. `@duckdb/node-api` tells
 * an error in the middle of a stream as its end, so that Pitot cannot tell it either.
 */
export function observeStream(
  result: DuckDBResultLike,
  statement: StatementSpan,
  open: OpenWork,
): DuckDBResultLike {
  const tally = new RowTally(statement, ATTR_DB_RESPONSE_RETURNED_ROWS);
  const forget = open.add("result", result, tally.abandon);
  const close = (complete: boolean): void => {
    forget();
    tally.end({ [ATTR_QUERY_COMPLETE]: complete });
  };
  const fetchChunk = boundMethod(result, "fetchChunk");
  replaceMethod(result, "fetchChunk", () =>
    fetchChunk().then(
      (chunk) => {
        if (chunk === null || chunk.rowCount === 0) close(true);
        else tally.rows += chunk.rowCount;
        return chunk;
      },
      (error: unknown) => {
        forget();
        return statement.fail(error);
      },
    ),
  );
  const iterate = (result as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator];
  if (iterate !== undefined)
    replaceMethod(result, Symbol.asyncIterator, async function* (this: AsyncIterable<unknown>) {
      try {
        yield* { [Symbol.asyncIterator]: () => iterate.call(this) };
      } finally {
        // After the last chunk this changes nothing.
        close(false);
      }
    });
  return result;
}

/** Ends `statement` with the result of `pending`, whose tasks the caller drives. */
export function observePending(
  pending: DuckDBPendingLike,
  statement: StatementSpan,
  open: OpenWork,
): DuckDBPendingLike {
  const forget = open.add("result", pending, new RowTally(statement, ATTR_DB_RESPONSE_RETURNED_ROWS).abandon);
  const failed = (error: unknown): never => {
    forget();
    return statement.fail(error);
  };
  const runTask = boundMethod(pending, "runTask");
  const getResult = boundMethod(pending, "getResult");
  replaceMethod(pending, "runTask", () => {
    try {
      return runTask();
    } catch (error) {
      return failed(error);
    }
  });
  replaceMethod(pending, "getResult", () =>
    getResult().then((result) => {
      forget();
      if ((result as { isStreaming?: boolean }).isStreaming === true)
        return observeStream(result, statement, open);
      statement.finish(result);
      return result;
    }, failed),
  );
  return pending;
}
