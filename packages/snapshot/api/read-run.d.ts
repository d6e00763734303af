import { Table } from "apache-arrow";
import { type RunManifest } from "./manifest.ts";
/** A run as its snapshot has it. */
export interface SnapshotRun {
    readonly folder: string;
    readonly manifest: RunManifest;
    /** A table by name (`spans`, `events`, `artifacts`, `metrics`, `quality`); undefined where the run has none. Reads the file. */
    table(name: string): Table | undefined;
}
/** Ids of the runs in a snapshot folder, oldest first; a folder that does not exist has none. */
export declare function listRuns(directory: string): string[];
/**
 * Opens one run, finished or live. Of a live or interrupted one, the tables reach to their last whole batch.
 * @throws PitotError IO where there is no such run
 */
export declare function readRun(directory: string, runId: string): SnapshotRun;
