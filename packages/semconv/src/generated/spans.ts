// Made from registry/*.yaml by generate.js. Change the registry, then run it again.

/** One pipeline run. Span name: run {label}. */
export const SPAN_RUN = "run" as const;

/** A short span that makes a run visible before it ends. Span name: run started {label}. */
export const SPAN_RUN_STARTED = "run started" as const;

/** One stage of a run. Span name: stage {name}. */
export const SPAN_STAGE = "stage" as const;

/** One read of a dataset. Span name: scan {dataset}. */
export const SPAN_SCAN = "scan" as const;

/** An Arrow IPC write. Span name: arrow encode. */
export const SPAN_ARROW_ENCODE = "arrow encode" as const;

/** An Arrow IPC read. Span name: arrow decode. */
export const SPAN_ARROW_DECODE = "arrow decode" as const;

/** A carrier of record events. Span name: records {kind}. */
export const SPAN_RECORDS = "records" as const;
