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

/** Runs what must never reach the pipeline; a fault is told once under `key`. */
export function guarded(key: string, body: () => void): void {
  try {
    body();
  } catch (error) {
    reportOnce(key, `${key} failed; the pipeline goes on`, error);
  }
}
