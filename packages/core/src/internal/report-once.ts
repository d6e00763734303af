import { diag } from "@opentelemetry/api";

const told = new Set<string>();

/**
 * Tells a fault through OTel's `diag`, the first time only: a fault that repeats per record must not
 * flood the pipeline's log. What repeats is in the counters.
 */
export function reportOnce(key: string, message: string, cause?: unknown): void {
  // The bound keeps keys made of user input from growing for ever.
  if (told.has(key) || told.size >= 1000) return;
  told.add(key);
  if (cause === undefined) diag.warn(`pitot: ${message}`);
  else diag.warn(`pitot: ${message}`, cause);
}

/**
 * Runs what must never reach the pipeline; a fault is told once under `key`. So is a rejection: an async sink is no mistake that
 * may end the process.
 */
export function guarded(key: string, body: () => unknown): void {
  const tell = (error: unknown): void => reportOnce(key, `${key} failed; the pipeline goes on`, error);
  try {
    const result = body();
    if (result instanceof Promise) result.catch(tell);
  } catch (error) {
    tell(error);
  }
}
