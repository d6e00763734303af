import { Limiter } from "../io/limiter.ts";
import type { RangeSource } from "../io/range-source.ts";
import { type ParquetFooter, readFooter, type ReadFooterOptions } from "./read-footer.ts";
import { requireCount, requireSignal } from "../require-option.ts";

/** How to read many footers. */
export interface ReadFootersOptions extends ReadFooterOptions {
  /** Files that are read at once; 16 by default. */
  readonly concurrency?: number;
}

/**
 * Footers of many files, in their order. The first failure cancels the rest and is thrown, and so does `signal`.
 *
 * The result holds every footer: to sum over 10,000 files, read them one by one as {@link readFooter} and keep the sums.
 */
export async function readFooters(
  sources: readonly RangeSource[],
  options: ReadFootersOptions = {},
): Promise<ParquetFooter[]> {
  const { signal, concurrency = 16, ...rest } = options;
  requireSignal(signal);
  requireCount("concurrency", concurrency, 1);
  const limiter = new Limiter(concurrency);
  const stop = new AbortController();
  const onAbort = (): void => stop.abort(signal?.reason);
  signal?.throwIfAborted();
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.all(
      sources.map((source) => limiter.run(() => readFooter(source, { ...rest, signal: stop.signal }))),
    );
  } catch (error) {
    stop.abort();
    throw error;
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}
