/** Requests of metrics that waited, and what became of them. */
export interface ReplayedRequests {
    readonly waiting: number;
    readonly delivered: number;
    /** The back end will not take them, or not all of their items, e.g. because they are too old: kept aside, not sent again. */
    readonly refused: number;
}
/** Sends the metrics that were given up, or last collected by a process that died, as they were, oldest first. One process at a time; stops where the back end is away. */
export declare function replayOutbox(directory: string, options: {
    readonly serviceName?: string | null;
    readonly endpoint?: string;
    readonly signal?: AbortSignal;
    /** False where the back end is away: what waits is only counted. */
    readonly sends: boolean;
}): Promise<ReplayedRequests>;
