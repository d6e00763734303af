import { ATTR_QUERY_CHANGED_ROWS } from "@pitot/semconv";
import type { DuckDBAppenderLike } from "./duckdb-connection.ts";
import { bound, define, type OpenWork } from "./observe-result.ts";
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
): void {
  const tally = new RowTally(statement, ATTR_QUERY_CHANGED_ROWS);
  const forget = open.add("appender", appender, tally.abandon);
  const endRow = bound(appender, "endRow");
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
        throw error;
      }
    };
  const append = failing(bound(appender, "appendDataChunk"));
  const close = failing(bound(appender, "closeSync"));
  define(appender, "endRow", () => {
    endRow();
    tally.rows++;
  });
  define(appender, "appendDataChunk", (chunk: never) => {
    append(chunk);
    tally.rows += (chunk as { rowCount?: number }).rowCount ?? 0;
  });
  define(appender, "flushSync", failing(bound(appender, "flushSync")));
  define(appender, "closeSync", () => {
    close();
    forget();
    tally.end({});
  });
}
