import {
  context,
  isSpanContextValid,
  ROOT_CONTEXT,
  trace,
  type Context,
  type Link,
} from "@opentelemetry/api";
import { guarded, trackedRun, type DiagnosticsSink, type PipelineRun } from "@pitot/core";
import { ATTR_LINK_REASON } from "@pitot/semconv";
import { aroundRun, type RunHandle } from "./around-run.ts";
import { parseTraceparent, traceparent } from "./traceparent.ts";

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
  readonly opts: { readonly delay?: number; readonly telemetry?: { readonly metadata?: string } };
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

interface Metadata {
  readonly traceparent?: string;
  /** Whether the job waits for others. */
  readonly waits?: boolean;
}

const LIMIT = 10_000;
const memory = new Map<string, string>();
const inMemory: SpanStore = {
  get: (key) => memory.get(key),
  set: (key, value) => {
    memory.set(key, value);
    if (memory.size > LIMIT) memory.delete(memory.keys().next().value!);
  },
};

/**
 * A flow that takes the active span along: `flowProducer.add(observeBullMqFlow(flow))`. The span travels in each job's
 * `opts.telemetry.metadata`, where BullMQ's own tracing keeps it; a job that has one already keeps it. The flow given is not changed.
 */
export function observeBullMqFlow<Flow extends FlowJobLike>(flow: Flow): Flow {
  const active = trace.getSpanContext(context.active());
  if (active === undefined || !isSpanContextValid(active)) return flow;
  return withMetadata(flow, traceparent(active));
}

/**
 * A worker's processor, observed: `new Worker(queue, observeBullMqProcessor(processor), …)`. Each job is a node: a stage span that links to
 * the jobs of its flow that it waited for. Gives on what the processor returns or throws, unchanged.
 */
export function observeBullMqProcessor<Job extends JobLike, Rest extends unknown[], Result>(
  processor: (job: Job, ...rest: Rest) => Promise<Result>,
  options: ObserveBullMqOptions = {},
): (job: Job, ...rest: Rest) => Promise<Result> {
  const spans = options.spans ?? inMemory;
  const observed = async (job: Job, ...rest: Rest): Promise<Result> => {
    const metadata = metadataOf(job);
    const links = metadata.waits === true ? await childLinks(job, spans) : [];
    const from = metadata.traceparent === undefined ? undefined : parseTraceparent(metadata.traceparent);
    const node = (handle: RunHandle, all: readonly Link[]): Promise<Result> =>
      handle.aroundNode(
        {
          id: job.name,
          group: job.queueName,
          attempt: job.attemptsMade + 1,
          links: all,
          // A job that waited for others could not have started when it was added.
          ...(metadata.waits === true ? {} : { queuedAt: job.timestamp + (job.opts.delay ?? 0) }),
        },
        async ({ span }) => {
          const result = await processor(job, ...rest);
          await quiet(() => spans.set(jobKey(job), traceparent(span.spanContext())));
          return result;
        },
      );
    if (options.run !== undefined) {
      const added =
        from === undefined ? [] : [{ context: from, attributes: { [ATTR_LINK_REASON]: "enqueued" } }];
      return aroundRun(options.run, (handle) => node(handle, [...links, ...added]));
    }
    const { label = job.queueName, sink } = options;
    const parent: Context = from === undefined ? context.active() : trace.setSpanContext(ROOT_CONTEXT, from);
    return context.with(parent, () =>
      trackedRun(
        {
          label,
          metadata: { queue: job.queueName, job_id: job.id ?? null, job: job.name },
          ...(sink === undefined ? {} : { sink }),
        },
        (run) => aroundRun(run, (handle) => node(handle, links)),
      ),
    );
  };
  // BullMQ cancels only the jobs of a processor that takes three parameters.
  return Object.defineProperty(observed, "length", { value: processor.length, configurable: true });
}

function withMetadata<Flow extends FlowJobLike>(flow: Flow, parent: string): Flow {
  const opts = (flow.opts ?? {}) as { telemetry?: { metadata?: string } };
  const waits = (flow.children?.length ?? 0) > 0;
  const metadata = JSON.stringify({ traceparent: parent, ...(waits ? { waits } : {}) } satisfies Metadata);
  return {
    ...flow,
    opts: { ...opts, telemetry: { metadata, ...opts.telemetry } },
    ...(flow.children === undefined
      ? {}
      : { children: flow.children.map((child) => withMetadata(child, parent)) }),
  };
}

function metadataOf(job: JobLike): Metadata {
  let metadata: Metadata = {};
  guarded("bullmq.metadata", () => {
    const text = job.opts?.telemetry?.metadata;
    if (text === undefined) return;
    // It may be another tracer's, and any JSON.
    const parsed = JSON.parse(text) as Partial<Metadata> | null;
    if (typeof parsed?.traceparent === "string") metadata = parsed;
  });
  return metadata;
}

async function childLinks(job: JobLike, spans: SpanStore): Promise<Link[]> {
  const links: Link[] = [];
  await quiet(async () => {
    for (const key of Object.keys(await job.getChildrenValues())) {
      const found = parseTraceparent((await spans.get(key)) ?? "");
      if (found !== undefined)
        links.push({ context: found, attributes: { [ATTR_LINK_REASON]: "dependency" } });
    }
  });
  return links;
}

/** As BullMQ names a job among its parent's children. */
function jobKey(job: JobLike): string {
  return `${job.queueQualifiedName}:${job.id}`;
}

async function quiet(body: () => unknown): Promise<void> {
  try {
    await body();
  } catch (error) {
    guarded("bullmq", () => {
      throw error;
    });
  }
}
