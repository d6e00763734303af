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
/** `run.json`: what a run was, what its folder holds and what became of its records. */
export interface RunManifest {
    readonly manifest_version: 1;
    readonly type: "run" | "session";
    readonly id: string;
    readonly service_name: string | null;
    readonly pid: number;
    readonly run: RunPayload | null;
    /** `open` while the run lives, `closed` once no batch follows, `compacted` when all tables are IPC files. */
    readonly state: "open" | "closed" | "compacted";
    readonly tables: Readonly<Record<string, ManifestTable>>;
    readonly records: RecordCounts;
}
/** Replaces the manifest as a whole: a reader sees the old one or the new one. */
export declare function writeManifest(folder: string, manifest: RunManifest): void;
/** @throws PitotError IO or INVALID_DATA, naming the file */
export declare function readManifest(folder: string): RunManifest;
