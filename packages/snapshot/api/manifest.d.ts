import { type RecordCounts, type RunPayload } from "@pitot/core";
/** One table of a run on disk. */
export interface ManifestTable {
    /** File name within the run's folder: `*.arrow`, or `*.arrows` until it is compacted. */
    readonly file: string;
    readonly rows: number;
    readonly bytes: number;
    /** Of a compacted file. */
    readonly sha256?: string;
}
/** What a table lost at its end when its process died. */
export interface CutTail {
    readonly bytes: number;
    /** Rows of the batch that was cut; null where not even their number was on disk. */
    readonly rows: number | null;
}
/** What recovery found when a process had died. */
export interface Recovery {
    /** Last sign of life, Unix milliseconds: the end of what was open. */
    readonly died_unix_ms: number;
    readonly cut: Readonly<Record<string, CutTail>>;
    /** Spans that were open, closed as aborted. */
    readonly aborted_spans: number;
}
/** `run.json`: what a run was, what its folder holds and what became of its records. */
export interface RunManifest {
    readonly manifest_version: 1;
    readonly type: "run" | "session";
    readonly id: string;
    readonly service_name: string | null;
    readonly pid: number;
    /** `otlp` where spans are sent, so that what was not confirmed waits for replay; absent in folders of before. */
    readonly delivery?: "otlp" | "none";
    /** The same of log records; in folders of before they waited elsewhere. */
    readonly log_delivery?: "otlp" | "none";
    readonly run: RunPayload | null;
    /** `open` while the run lives, `closed` once no batch follows, `compacted` when all tables are IPC files. */
    readonly state: "open" | "closed" | "compacted";
    readonly tables: Readonly<Record<string, ManifestTable>>;
    readonly records: RecordCounts;
    /** Rows by table that the disk did not take, or has lost; absent where it took all. */
    readonly dropped?: Readonly<Record<string, number>>;
    /** Where the process died before the run's end, or between its end and the compaction. */
    readonly recovery?: Recovery;
}
/**
 * Replaces the manifest as a whole.
 *
 * @param durable waits for the disk
 */
export declare function writeManifest(folder: string, manifest: RunManifest, durable: boolean): void;
/** {@link writeManifest}, durably and without blocking. */
export declare function writeManifestLater(folder: string, manifest: RunManifest): Promise<void>;
/** @throws PitotError IO, INVALID_DATA or (a later version) UNSUPPORTED, naming the file */
export declare function readManifest(folder: string): RunManifest;
