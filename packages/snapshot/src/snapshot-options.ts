import { resolve } from "node:path";
import { PitotError } from "@pitot/core";

/** Where and for whom snapshots are written. */
export interface SnapshotOptions {
  /** The folder; default `PITOT_DIR`, else `.pitot` in the working directory. Created with mode 0700. */
  readonly directory?: string;
  readonly serviceName?: string;
  /**
   * Longest time in ms that a span waits in memory, and that what was written waits to be forced to the disk, in the background. `every`
   * writes and forces each batch before the call returns: then power loss takes nothing either. Default `PITOT_FLUSH`, else 1,000.
   */
  readonly flush?: number | "every";
  /** `otlp` where an exporter is confirming spans, so that what it did not confirm is replayed. Default none. */
  readonly delivery?: "otlp" | "none";
  /** The same of log records. Default none. */
  readonly logDelivery?: "otlp" | "none";
}

/** The absolute path of the folder. */
export function snapshotDirectory({ directory }: SnapshotOptions): string {
  return resolve(directory ?? process.env["PITOT_DIR"] ?? ".pitot");
}

/**
 * Milliseconds; 0 for `every`.
 * @throws PitotError INVALID_CONFIGURATION, naming option or variable and value
 */
export function flushInterval({ flush }: SnapshotOptions): number {
  const value = flush ?? (process.env["PITOT_FLUSH"] || 1000);
  if (value === "every") return 0;
  const interval = Number(value);
  // A longer time a timer takes for none.
  if (Number.isInteger(interval) && interval >= 0 && interval < 2 ** 31) return interval;
  throw new PitotError(
    "INVALID_CONFIGURATION",
    flush === undefined ? "PITOT_FLUSH is not an interval" : "flush is not an interval",
    { value, remedy: "Give whole milliseconds, or `every`." },
  );
}
