import type { Table } from "apache-arrow";
import { type RunManifest } from "./manifest.ts";
/** A run as its snapshot has it. */
export interface SnapshotRun {
    readonly folder: string;
    readonly manifest: RunManifest;
    /** True where its process has died before it ended: `recover` closes it. Looked up at each call. */
    readonly interrupted: boolean;
    /**
     * A table by name (`spans`, `events`, `quality`, …); undefined where the run has none. Loads apache-arrow and reads the file.
     * @throws PitotError INVALID_DATA where the file of a finished run is damaged
     */
    table(name: string): Promise<Table | undefined>;
}
/** A run's folder, or that of a session: what a process recorded outside runs. */
export interface SnapshotScope {
    readonly type: "run" | "session";
    readonly id: string;
    readonly folder: string;
}
/** Ids of the runs in a snapshot folder, oldest first; a folder that does not exist has none. */
export declare function listRuns(directory: string): string[];
/** All runs and sessions of a snapshot folder, oldest first within each. */
export declare function listScopes(directory: string): SnapshotScope[];
/**
 * Opens one run, or a session of {@link listScopes}, finished or live. Of a live or interrupted one, the tables reach to their last whole batch.
 * @throws PitotError IO where there is no such run
 */
export declare function readRun(directory: string, runId: string): SnapshotRun;
/** @throws PitotError INVALID_ARGUMENT where the id is no id, so that none leads out of the folder */
export declare function runFolder(directory: string, runId: string): string;
/** The file of a table, finished or live; undefined where there is none. */
export declare function tablePath(folder: string, name: string): string | undefined;
