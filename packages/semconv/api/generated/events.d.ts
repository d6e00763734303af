/** A run has begun. */
export declare const EVENT_RUN_STARTED: "pitot.run.started";
/** A run has ended. */
export declare const EVENT_RUN_FINISHED: "pitot.run.finished";
/** An artifact was recorded. */
export declare const EVENT_ARTIFACT: "pitot.artifact";
/** An event was recorded. */
export declare const EVENT_EVENT: "pitot.event";
/** One quality row. */
export declare const EVENT_QUALITY: "pitot.quality";
/** Totals per entity kind, issue and table. */
export declare const EVENT_QUALITY_SUMMARY: "pitot.quality.summary";
/** Scan telemetry. */
export declare const EVENT_SCAN: "pitot.scan";
/** Statistics of a dataset. */
export declare const EVENT_DATASET: "pitot.dataset";
/** Statistics of a column. */
export declare const EVENT_COLUMN: "pitot.column";
