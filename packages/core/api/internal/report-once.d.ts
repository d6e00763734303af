/**
 * Tells a fault through OTel's `diag`, the first time only: a fault that repeats per record must not
 * flood the pipeline's log. What repeats is in the counters.
 */
export declare function reportOnce(key: string, message: string, cause?: unknown): void;
/**
 * Runs what must never reach the pipeline; a fault is told once under `key`. So is a rejection: an async sink is no mistake that
 * may end the process.
 */
export declare function guarded(key: string, body: () => unknown): void;
