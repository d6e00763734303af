import type { PipelineRun } from "@pitot/core";
/** The stages of one pipeline under observation. */
export interface ObservedStages {
    /** What `pipeline` is to be given in their place, in their order. */
    readonly metered: readonly unknown[];
    /** The pipeline has ended: spans that are open end, with its error, and streams are left as they were. Never rejects. */
    end(failure?: {
        readonly thrown: unknown;
    }): Promise<void>;
}
/**
 * Begins a stage span for each stage of a `pipeline` of `node:stream` that the caller calls, with `metered`, and whose end the caller
 * tells. {@link observePipeline} is both in one.
 */
export declare function observeStages(run: PipelineRun, stages: Readonly<Record<string, unknown>>): ObservedStages;
