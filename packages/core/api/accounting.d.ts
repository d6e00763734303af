import type { RecordCounts, RecordOutcome } from "./record-target.ts";
/** Counts what became of every record, so that nothing is lost silently. */
export declare class Accounting {
    #private;
    /** @param parent counts the same again: the process beside the run */
    constructor(parent?: Accounting);
    add(kind: string, outcome: RecordOutcome, count?: number): void;
    total(outcome: RecordOutcome): number;
    snapshot(): RecordCounts;
}
/** All records of this process. */
export declare const processAccounting: Accounting;
