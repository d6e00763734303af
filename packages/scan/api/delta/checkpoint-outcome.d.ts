/** What became of the checkpoint that was due with a commit. */
export interface DeltaCheckpoint {
    readonly version: number;
    /**
     * - `written`: readers begin at this version from now on.
     * - `already_there`: another writer made it.
     * - `not_written`: the table is whole without it; `reason` tells why.
     */
    readonly outcome: "written" | "already_there" | "not_written";
    readonly reason: string | undefined;
}
