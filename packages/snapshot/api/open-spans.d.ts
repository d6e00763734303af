import type { SpanRow } from "./span-row.ts";
/** A span that has not ended. */
export interface OpenSpan {
    readonly spanId: string;
    /** The run that begins with this span: its folder is about to be made, and is the span's. */
    readonly opensRun?: string | undefined;
    /** Grows with what the span holds, so that it is written again only when there is more to tell. */
    version(): number;
    /** The span as it is now. */
    row(): SpanRow;
    /** Ends it as aborted. */
    abort(): void;
}
/** Where a row belongs, and what writes rows there. */
export interface OpenSpanTarget {
    /** The run or session in whose folder a row is written. */
    scopeOf(row: SpanRow): string;
    /** False where the disk has not taken them. */
    write(scopeId: string, rows: readonly SpanRow[]): boolean;
    /** Told of a span that could not be read, or ended: code of others is in it. */
    failed(error: unknown): void;
}
/** The spans of a process that have begun and not ended: written as they are, so that they are on disk, unfinished, should it die. */
export declare class OpenSpans {
    #private;
    constructor(target: OpenSpanTarget);
    started(span: OpenSpan): void;
    ended(spanId: string): void;
    /** The folder of a run or session is closed, or has lost what it had: what is open still has to be written. */
    forget(scope: string): void;
    /**
     * Ends all: the process ends. Innermost first, so that no parent ends before its children.
     * @returns how many could not be ended, since they were too many to be remembered
     */
    abort(): number;
    /** Writes a span that has just started. */
    writeOne(spanId: string): void;
    /** Writes all that have grown since they were written, unless the disk fails. */
    writeAll(): void;
    /** The same, in turns of the event loop: thousands at once would hold the pipeline up. */
    writeInTurns(): void;
    /** What waits for its turn is not written. */
    stop(): void;
}
