import { type AttributeValue, type Link, type Span } from "@opentelemetry/api";
import { type LiveRun } from "./live-run.ts";
/** How a stage is recorded. */
export interface StageOptions {
    /** 1 (default) for the first attempt. */
    readonly attempt?: number;
    /** Attributes of the stage's span. */
    readonly attributes?: Readonly<Record<string, AttributeValue>>;
    /** Spans that this stage depends on. */
    readonly links?: readonly Link[];
    /** Asked at the end: what a cache gave, for the stage's duration. */
    readonly cacheOutcome?: () => string | undefined;
}
/** The user's code of a stage; it is given the stage's span. */
export type StageBody<T> = (span: Span) => T;
/** Runs `body` in a span of its own: below what is active where this run is, else below the run itself. */
export declare function runStage<T>(live: LiveRun, label: string, name: string, options: StageOptions, body: StageBody<T>): T;
/** Calls `end` when `result` is there: now, or when its promise settles. The caller gets a promise that settles alike. */
export declare function settle<T>(result: T, end: (error?: {
    readonly thrown: unknown;
}) => void): T;
/** What `await` waits for. A value whose `then` cannot be read is none: to read it is not the caller's doing. */
export declare function isThenable(value: unknown): value is PromiseLike<unknown>;
