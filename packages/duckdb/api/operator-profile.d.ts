/** What one operator cost. */
export interface OperatorCost {
    readonly operator: string;
    /** 0 for the operators at the top. */
    readonly depth: number;
    /** Seconds, on all threads together. */
    readonly seconds: number;
    /** Rows that it gave on. */
    readonly rows: number;
    readonly rowsScanned: number;
    /** Projections, filters and so on, without literals. */
    readonly detail: Readonly<Record<string, string>>;
}
/** The profile of one statement. */
export interface OperatorProfile {
    /** The statement as it was run, with its literals: for recognising it, not for recording. */
    readonly query: string;
    readonly latencySeconds: number;
    readonly cpuSeconds: number;
    readonly rowsReturned: number;
    readonly rowsScanned: number;
    readonly bytesRead: number;
    readonly peakMemoryBytes: number;
    /** Operators depth first, as the plan prints them. */
    readonly operators: readonly OperatorCost[];
}
/**
 * Reads what JSON profiling (`SET enable_profiling = 'json'`) writes.
 * @throws PitotError INVALID_DATA unless it is such a profile
 */
export declare function operatorProfile(json: string): OperatorProfile;
