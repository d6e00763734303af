import { ExportResultCode } from "@opentelemetry/core";
import { addCounter } from "@pitot/core";
import { ATTR_OUTCOME } from "@pitot/semconv";
import { exportUntraced } from "./export-untraced.ts";
import type { DeliveryResult } from "./otlp-delegate.ts";
import { RequestParts } from "./request-bounds.ts";

const BOUNDS = { batchItems: 512, batchBytes: 3 << 20 };

/** How long a replay goes on. */
export interface SendingOptions {
  readonly signal?: AbortSignal;
  /** How long to wait for a back end that has said when to ask again; default a minute. */
  readonly patienceMs?: number;
}

/** A row, and what is sent of it. */
export interface Part<Row, Item> {
  readonly row: Row;
  readonly item: Item;
}

/** Where rows of one signal go. */
export interface Sending<Row, Item> {
  readonly metric: string;
  readonly export: (items: Item[], done: (result: DeliveryResult) => void) => void;
  /** Puts into the ledger that a back end has answered for these. */
  readonly confirm: (rows: Row[], rejected: number) => void;
  /** Whether a whole request that was refused is an answer for all of it: kept here, and not sent again. */
  readonly takesNo: boolean;
}

/** Sends all rows, request by request, until the back end is away. Never rejects but where reading the rows does. */
export async function sendAll<Row, Item>(
  batches: AsyncIterable<Part<Row, Item>[]>,
  options: SendingOptions,
  sending: Sending<Row, Item>,
): Promise<{ sent: number; away: boolean; error: unknown }> {
  let sent = 0;
  let error: unknown;
  for await (const parts of batches) {
    if (options.signal?.aborted) break;
    const rows = parts.map(({ row }) => row);
    const result = await patiently(
      parts.map(({ item }) => item),
      options,
      sending,
    );
    if (result.code !== ExportResultCode.SUCCESS) error = result.error;
    const refused = result.refused === true;
    if (result.code === ExportResultCode.SUCCESS || (refused && sending.takesNo)) {
      const rejected = refused ? rows.length : Math.min(result.rejected ?? 0, rows.length);
      sending.confirm(rows, rejected);
      sent += rows.length;
      addCounter(sending.metric, rows.length - rejected, { [ATTR_OUTCOME]: "replayed" });
      addCounter(sending.metric, rejected, { [ATTR_OUTCOME]: "rejected" });
    } else if (!refused) {
      // One request that the back end will never take must not hold the others back.
      return { sent, away: true, error };
    }
  }
  return { sent, away: false, error };
}

/** Rows as requests. */
export async function* inBatches<Row, Item>(
  source: AsyncIterable<Row[]>,
  toItem: (row: Row) => Item,
  sizeOf: (item: Item, row: Row) => number,
): AsyncGenerator<Part<Row, Item>[]> {
  let request = new RequestParts<Part<Row, Item>>(BOUNDS);
  for await (const rows of source)
    for (const row of rows) {
      const part = { row, item: toItem(row) };
      const bytes = sizeOf(part.item, row);
      if (request.add(part, bytes)) continue;
      yield request.parts;
      request = new RequestParts(BOUNDS);
      request.add(part, bytes);
    }
  if (request.parts.length > 0) yield request.parts;
}

/** Exports, and asks again where the back end has said when. */
async function patiently<Row, Item>(
  items: Item[],
  options: SendingOptions,
  sending: Sending<Row, Item>,
): Promise<DeliveryResult> {
  const until = performance.now() + (options.patienceMs ?? 60_000);
  for (;;) {
    const result = await new Promise<DeliveryResult>((resolve) =>
      exportUntraced(sending.export, items, resolve),
    );
    const wait = result.retryAfterMs;
    if (wait === undefined || performance.now() + wait > until || !(await paused(wait, options.signal)))
      return result;
  }
}

/** False where the wait was cut short. */
async function paused(ms: number, signal: AbortSignal | undefined): Promise<boolean> {
  if (signal?.aborted) return false;
  return await new Promise((resolve) => {
    const timer = setTimeout(() => end(true), ms);
    const onAbort = (): void => end(false);
    const end = (whole: boolean): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      resolve(whole);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
