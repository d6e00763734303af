import { setMaxListeners } from "node:events";
import { requireSignal } from "../require-option.ts";

/**
 * Results of `work` in the order of `items`, with at most `ahead` of them under way or waiting to be taken. Items are drawn as there is
 * room, so a stream of any length takes bounded memory. Where the consumer stops, or one fails, the others are told to stop by the signal that they were given, awaited and
 * dropped: nothing goes on behind the consumer's back.
 */
export async function* orderedAhead<Item, Result>(
  items: Iterable<Item> | AsyncIterable<Item>,
  ahead: number,
  work: (item: Item, signal: AbortSignal) => Promise<Result>,
  signal?: AbortSignal,
): AsyncGenerator<Result, void, undefined> {
  requireSignal(signal);
  const stop = new AbortController();
  // Not by a listener on the caller's signal: Node warns of eleven, which as many scans may share.
  const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  // Each read that is under way listens to it.
  setMaxListeners(0, either);
  const source = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  const waiting: Promise<Result>[] = [];
  let drained = false;
  try {
    for (;;) {
      while (!drained && waiting.length < ahead) {
        signal?.throwIfAborted();
        const next = await source.next();
        if (next.done === true) {
          drained = true;
          break;
        }
        const result = work(next.value, either);
        // Its failure is told when its turn comes; until then it must not count as unhandled.
        result.catch(() => undefined);
        waiting.push(result);
      }
      const first = waiting.shift();
      if (first === undefined) return;
      yield await first;
      signal?.throwIfAborted();
    }
  } finally {
    stop.abort();
    await Promise.allSettled(waiting);
    await source.return?.();
  }
}

/** All results, in order. */
export async function allAhead<Item, Result>(
  items: Iterable<Item> | AsyncIterable<Item>,
  ahead: number,
  work: (item: Item, signal: AbortSignal) => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result[]> {
  const results: Result[] = [];
  for await (const result of orderedAhead(items, ahead, work, signal)) results.push(result);
  return results;
}
