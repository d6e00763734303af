/** The right of one process to write into a folder. */
export interface FolderClaim {
    /** A sign of life. */
    touch(): void;
    release(): void;
}
/**
 * Claims a folder for the caller alone; undefined where a living process has it, this one included, or where it is gone.
 *
 * Each contender writes a claim under a name of its own and then looks for others: of two that come at once, the one that looks second
 * sees both and steps back. A claim of the dead is removed by whoever meets it; its name never comes again, so that nobody removes a
 * living one. No order of steps lets two in; where all have stepped back, chance decides who is first the next time.
 */
export declare function claimFolder(folder: string): Promise<FolderClaim | undefined>;
/** Claims a folder that the caller has just made. */
export declare function ownFolder(folder: string): FolderClaim;
/** Whether a file is somebody's claim, who is not the one that wrote the folder. */
export declare function isForeignClaim(name: string): boolean;
/** Claims of processes that live; those of the dead are removed on the way. */
export declare function livingClaims(folder: string): string[];
/** Whether a living process writes the folder, or finishes it. Changes nothing in it. */
export declare function isClaimed(folder: string): boolean;
