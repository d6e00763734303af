import type { PlainObject } from "./plain-value.ts";
/** The life of a run. `aborted`: the process was asked to stop, or died. */
export type RunStatus = "running" | "completed" | "failed" | "aborted";
/** A run's envelope as plain data: the payload of its lifecycle events and of the snapshot's manifest. */
export interface RunPayload {
    readonly run_id: string;
    readonly label: string;
    /** Stable identity of the logical run across retries; null where none was given. */
    readonly key: string | null;
    readonly status: RunStatus;
    readonly start_time_unix_ms: number;
    readonly end_time_unix_ms: number | null;
    /** Never negative, also where the clock stepped back; null while the run lives. */
    readonly duration_ms: number | null;
    readonly commit_sequence: number;
    readonly metadata: PlainObject;
}
