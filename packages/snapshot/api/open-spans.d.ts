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
/** The spans of a process that have begun and not ended. */
export declare class OpenSpans {
    #private;
    started(span: OpenSpan): void;
    /** The row of a span that has just started, and where it belongs: for those who write each at once. */
    takeOne(spanId: string, scopeOf: (row: SpanRow) => string): {
        scope: string;
        row: SpanRow;
    } | undefined;
    ended(spanId: string): void;
    /** The folder of a run or session is closed: what is open still has to be written elsewhere. */
    forget(scope: string): void;
    /**
     * Ends all: the process ends. Innermost first, so that no parent ends before its children.
     * @returns how many could not be ended, since they were too many to be remembered
     */
    abort(): number;
    /** Rows to be written, by run or session: of spans that have grown since they were written; and whether there are more of them. */
    take(scopeOf: (row: SpanRow) => string): {
        rows: Map<string, SpanRow[]>;
        more: boolean;
    };
}
