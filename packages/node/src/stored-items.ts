import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { logsOf, spansOf, type StoredLogRow } from "@pitot/snapshot";
import type { OrdinalRanges } from "@pitot/snapshot/ordinal-ranges";
import { readableLog } from "./row-to-log.ts";
import { readableSpan } from "./row-to-span.ts";
import { spanBytes } from "./span-bytes.ts";
import type { StoredItem } from "./spool-reader.ts";

/** Spans of a run or session, as exporters take them. */
export async function* storedSpans(
  folder: string,
  seqs: OrdinalRanges,
): AsyncGenerator<StoredItem<ReadableSpan>[]> {
  for await (const rows of spansOf(folder, seqs))
    yield rows.map((row) => {
      const item = readableSpan(row);
      return { item, bytes: spanBytes(item), seq: row.seq! };
    });
}

/** Log records of a run or session, as exporters take them. */
export async function* storedLogs(
  folder: string,
  seqs: OrdinalRanges,
): AsyncGenerator<StoredItem<ReadableLogRecord>[]> {
  for await (const rows of logsOf(folder, seqs))
    yield rows.map((row) => ({ item: readableLog(row), bytes: logRowBytes(row), seq: row.seq! }));
}

/** About how many bytes a log record of the snapshot takes in OTLP. */
export function logRowBytes({ attributes, body }: StoredLogRow): number {
  return 160 + attributes.length + (body?.length ?? 0);
}
