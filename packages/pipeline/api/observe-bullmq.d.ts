import { type DiagnosticsSink, type PipelineRun } from "@pitot/core";
/** The parts of BullMQ's flow that are read: a job with the jobs that it waits for. */
export interface FlowJobLike {
    readonly name: string;
    readonly queueName: string;
    readonly opts?: object;
    readonly children?: readonly FlowJobLike[];
}
/** The parts of BullMQ's job that are read. */
export interface JobLike {
    readonly id?: string | undefined;
    readonly name: string;
    readonly queueName: string;
    readonly queueQualifiedName: string;
    readonly attemptsMade: number;
    readonly timestamp: number;
    readonly opts: {
        readonly delay?: number;
        readonly telemetry?: {
            readonly metadata?: string;
        };
    };
    getChildrenValues(): Promise<Record<string, unknown>>;
}
/** Where the spans of jobs that are done are kept, so that the jobs that waited for them link to them. Texts of 55 characters. */
export interface SpanStore {
    get(jobKey: string): Promise<string | null | undefined> | string | null | undefined;
    set(jobKey: string, traceparent: string): unknown;
}
/** How a worker's jobs are observed. */
export interface ObserveBullMqOptions {
    /** Jobs become nodes of this run, with links to where they were added. Default: a run for each job, within the trace that added it. */
    readonly run?: PipelineRun;
    /** Label of the runs. Default: the queue's name. */
    readonly label?: string;
    /** Gets every record of each job's run. */
    readonly sink?: DiagnosticsSink;
    /** Default: this process's memory, of the last 10,000 jobs. Give one of Redis where the jobs of a flow run in several processes. */
    readonly spans?: SpanStore;
}
/**
 * A flow that takes the active span along: `flowProducer.add(observeBullMqFlow(flow))`. The span travels in each job's
 * `opts.telemetry.metadata`, where BullMQ's own tracing keeps it; a job that has one already keeps it. The flow given is not changed.
 */
export declare function observeBullMqFlow<Flow extends FlowJobLike>(flow: Flow): Flow;
/**
 * A worker's processor, observed: `new Worker(queue, observeBullMqProcessor(processor), …)`. Each job is a node: a stage span that links to
 * the jobs of its flow that it waited for. Gives on what the processor returns or throws, unchanged.
 */
export declare function observeBullMqProcessor<Job extends JobLike, Rest extends unknown[], Result>(processor: (job: Job, ...rest: Rest) => Promise<Result>, options?: ObserveBullMqOptions): (job: Job, ...rest: Rest) => Promise<Result>;
