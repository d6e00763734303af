import { type SnapshotScope } from "@pitot/snapshot";
import type { SendingOptions } from "./send-rows.ts";
import { type ReplayExporters } from "./send-undelivered.ts";
/** Log records of a replay. */
export interface ReplayedLogs {
    /** To be delivered in all. */
    readonly records: number;
    /** Of them, confirmed: before and now. */
    readonly delivered: number;
    /** Of them, refused by a back end for what they are. */
    readonly rejected: number;
    /** Sent by this replay. */
    readonly sent: number;
}
/** What a replay did to one run or session. */
export interface ReplayedScope extends SnapshotScope {
    /** `busy`: a living process records or replays it. `unreadable`: of a later version, or damaged. */
    readonly outcome: "delivered" | "undelivered" | "busy" | "unreadable";
    /** Spans that are to be delivered in all. */
    readonly spans: number;
    /** Of them, confirmed: before and now. */
    readonly delivered: number;
    /** Of them, refused by a back end for what they are. */
    readonly rejected: number;
    /** Sent by this replay. */
    readonly sent: number;
    readonly logs: ReplayedLogs;
    /** Entries of its ledger that are torn or were changed: what only they confirmed counts as not delivered. */
    readonly doubted: number;
    readonly error?: unknown;
}
interface ScopeOptions extends SendingOptions {
    /** The run was named: it is told of whatever becomes of it. */
    readonly runs?: readonly string[];
    readonly serviceName?: string | null;
    /** False where the back end is away: what waits is only counted. */
    readonly sends: boolean;
}
/** Replays one run or session. Undefined where there is nothing to do. Never rejects. */
export declare function replayScope(scope: SnapshotScope, to: ReplayExporters, options: ScopeOptions): Promise<{
    scope: ReplayedScope;
    away: boolean;
} | undefined>;
export {};
