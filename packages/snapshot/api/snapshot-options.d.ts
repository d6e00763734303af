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
export declare function snapshotDirectory({ directory }: SnapshotOptions): string;
/**
 * Milliseconds; 0 for `every`.
 * @throws PitotError INVALID_CONFIGURATION, naming option or variable and value
 */
export declare function flushInterval({ flush }: SnapshotOptions): number;
