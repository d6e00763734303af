// Made from registry/*.yaml by generate.js. Change the registry, then run it again.

/** A run has begun. */
export const EVENT_RUN_STARTED = "pitot.run.started" as const;

/** A run has ended. */
export const EVENT_RUN_FINISHED = "pitot.run.finished" as const;

/** An artifact was recorded. */
export const EVENT_ARTIFACT = "pitot.artifact" as const;

/** An event was recorded. */
export const EVENT_EVENT = "pitot.event" as const;

/** One quality row. */
export const EVENT_QUALITY = "pitot.quality" as const;

/** Totals per entity kind, issue and table. */
export const EVENT_QUALITY_SUMMARY = "pitot.quality.summary" as const;

/** Scan telemetry. */
export const EVENT_SCAN = "pitot.scan" as const;

/** Statistics of a dataset. */
export const EVENT_DATASET = "pitot.dataset" as const;

/** Statistics of a column. */
export const EVENT_COLUMN = "pitot.column" as const;
