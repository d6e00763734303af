import { ATTR_QUERY_CHANGED_ROWS } from "@pitot/semconv";
import type { DuckDBAppenderLike } from "./duckdb-connection.ts";
import type { OpenWork } from "./open-work.ts";
import { boundMethod, replaceMethod } from "./replace-method.ts";
import { RowTally } from "./row-tally.ts";
import type { StatementSpan } from "./statement-span.ts";

/**
 * Ends `statement` when the appender is closed, with the rows that were handed to it. An error of a flush fails it: DuckDB takes
 * no more rows after one. A row costs one call more (a few nanoseconds).
 */
export function observeAppender(
  appender: DuckDBAppenderLike,
  statement: StatementSpan,
  open: OpenWork,
): DuckDBAppenderLike {
  const tally = new RowTally(statement, ATTR_QUERY_CHANGED_ROWS);
  const forget = open.add("appender", appender, tally.abandon);
  const endRow = boundMethod(appender, "endRow");
  const failing =
    <Arguments extends unknown[]>(method: (...args: Arguments) => void) =>
    (...args: Arguments): void => {
      // A flush is a statement of its own, and ends results that stream.
      open.endResults();
      try {
        method(...args);
      } catch (error) {
        forget();
        statement.fail(error);
      }
    };
  const append = failing(boundMethod(appender, "appendDataChunk"));
  const close = failing(boundMethod(appender, "closeSync"));
  replaceMethod(appender, "endRow", () => {
    endRow();
    tally.rows++;
  });
  replaceMethod(appender, "appendDataChunk", (chunk: never) => {
    append(chunk);
    tally.rows += (chunk as { rowCount?: number }).rowCount ?? 0;
  });
  replaceMethod(appender, "flushSync", failing(boundMethod(appender, "flushSync")));
  replaceMethod(appender, "closeSync", () => {
    close();
    forget();
    tally.end({});
  });
  return appender;
}
