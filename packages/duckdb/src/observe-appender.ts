import { ATTR_QUERY_CHANGED_ROWS, ATTR_QUERY_COMPLETE } from "@pitot/semconv";
import type { DuckDBAppenderLike } from "./duckdb-connection.ts";
import { define, type OpenWork } from "./observe-result.ts";
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
  let rows = 0;
  const forget = open.add("appender", appender, () =>
    statement.end({ [ATTR_QUERY_CHANGED_ROWS]: rows, [ATTR_QUERY_COMPLETE]: false }),
  );
  const { endRow, appendDataChunk, flushSync, closeSync } = appender;
  const failing =
    <This, Arguments extends unknown[]>(method: (this: This, ...args: Arguments) => void) =>
    (self: This, ...args: Arguments): void => {
      try {
        method.apply(self, args);
      } catch (error) {
        forget();
        statement.fail(error);
        throw error;
      }
    };
  const flush = failing(flushSync);
  const close = failing(closeSync);
  const append = failing(appendDataChunk);
  define(appender, "endRow", function (this: DuckDBAppenderLike) {
    endRow.call(this);
    rows++;
  });
  define(appender, "appendDataChunk", function (this: DuckDBAppenderLike, chunk: never) {
    append(this, chunk);
    rows += (chunk as { rowCount?: number }).rowCount ?? 0;
  });
  define(appender, "flushSync", function (this: DuckDBAppenderLike) {
    flush(this);
  });
  define(appender, "closeSync", function (this: DuckDBAppenderLike) {
    close(this);
    forget();
    statement.end({ [ATTR_QUERY_CHANGED_ROWS]: rows });
  });
}
