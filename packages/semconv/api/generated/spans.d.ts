/** One pipeline run. Span name: run {label}. */
export declare const SPAN_RUN: "run";
/** A short span that makes a run visible before it ends. Span name: run started {label}. */
export declare const SPAN_RUN_STARTED: "run started";
/** One stage of a run. Span name: stage {name}. */
export declare const SPAN_STAGE: "stage";
/** One read of a dataset. Span name: scan {dataset}. */
export declare const SPAN_SCAN: "scan";
/** An Arrow IPC write. Span name: arrow encode. */
export declare const SPAN_ARROW_ENCODE: "arrow encode";
/** An Arrow IPC read. Span name: arrow decode. */
export declare const SPAN_ARROW_DECODE: "arrow decode";
/** A carrier of record events. Span name: records {kind}. */
export declare const SPAN_RECORDS: "records";
