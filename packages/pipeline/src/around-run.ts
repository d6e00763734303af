import { isSpanContextValid, type AttributeValue, type Link, type SpanContext } from "@opentelemetry/api";
import { guarded, settle, type PipelineRun } from "@pitot/core";
import * as names from "@pitot/semconv";
import { PipelineNode } from "./pipeline-node.ts";
import { recordLineage, recordNodeFinished, type FinishedNode } from "./record-pipeline.ts";

/** A node as its runner knows it. */
export interface NodeOptions {
  /** Name of the node, unique in its graph; the stage's name. */
  readonly id: string;
  /** Nodes whose values it needs: their spans are linked. */
  readonly deps?: readonly string[];
  /** 1 (default) for the first attempt; the attempt before is linked. */
  readonly attempt?: number;
  readonly group?: string;
  /** When the node could have started, in Unix milliseconds: how long it waited is told. */
  readonly queuedAt?: number;
  /** Spans that it depends on beyond this process's nodes. */
  readonly links?: readonly Link[];
}

/** Bodies that a runner calls: given their node, they return or throw as they like. */
export type NodeBody<T> = (node: PipelineNode) => T;

/** What a node's stage is told, filled in as far as the node's options go. */
interface Stage {
  attempt: number;
  readonly links: Link[];
  readonly attributes: Record<string, AttributeValue>;
  readonly cacheOutcome: () => string | undefined;
}

/** What {@link aroundRun} gives to a runner. */
export class RunHandle {
  readonly run: PipelineRun;
  readonly #spans = new Map<string, SpanContext>();
  readonly #cached: FinishedNode[] = [];
  #ended = 0;

  constructor(run: PipelineRun) {
    this.run = run;
  }

  /**
   * Calls `body` as a node of the graph: a stage span with links to the nodes that it depends on, an event when it has finished.
   * Returns what `body` returns, sync or async; its errors pass unchanged, and no fault of the recording reaches it.
   */
  aroundNode<T>(options: NodeOptions, body: NodeBody<T>): T {
    let node: PipelineNode | undefined;
    const stage: Stage = { attempt: 1, links: [], attributes: {}, cacheOutcome: () => node?.cached?.outcome };
    guarded("node.begin", () => this.#describe(options, stage));
    return this.run.stage(options.id, stage, (span): T => {
      const startedAt = Date.now();
      const started = performance.now();
      const begun = new PipelineNode(options.id, span, this.run.runId);
      node = begun;
      this.#spans.set(options.id, span.spanContext());
      const end = (failure?: { readonly thrown: unknown }): void =>
        guarded("node.finished", () => {
          const seconds = (performance.now() - started) / 1000;
          this.#finish({ options, node: begun, startedAt, seconds, failure });
        });
      let result: T;
      try {
        result = body(begun);
      } catch (error) {
        end({ thrown: error });
        throw error;
      }
      return settle(result, end);
    });
  }

  /** Records the cache lineage of the nodes so far. For {@link aroundRun}. */
  close(): void {
    guarded("lineage", () => recordLineage(this.run, this.#cached, this.#ended));
  }

  #finish(finished: FinishedNode): void {
    this.#ended++;
    // Only these are needed at the end: a run may have a million nodes.
    if (finished.node.cached !== undefined) this.#cached.push(finished);
    recordNodeFinished(this.run, finished);
  }

  #describe(options: NodeOptions, stage: Stage): void {
    const { id, deps, attempt, group, queuedAt, links } = options;
    if (links !== undefined) stage.links.push(...links);
    if (deps !== undefined && deps.length > 0) {
      stage.attributes[names.ATTR_STAGE_DEPS] = [...deps];
      for (const dep of deps) this.#link(stage.links, dep, "dependency");
    }
    if (attempt !== undefined && attempt > 1) {
      stage.attempt = attempt;
      this.#link(stage.links, id, "retry");
    }
    if (group !== undefined) stage.attributes[names.ATTR_STAGE_GROUP] = group;
    if (queuedAt !== undefined)
      stage.attributes[names.ATTR_STAGE_QUEUED_TIME] = Math.max(0, Date.now() - queuedAt) / 1000;
  }

  #link(links: Link[], id: string, reason: string): void {
    const context = this.#spans.get(id);
    if (context !== undefined && isSpanContextValid(context))
      links.push({ context, attributes: { [names.ATTR_LINK_REASON]: reason } });
  }
}

/**
 * Lets any runner of graphs be observed: it calls `aroundNode` of the handle around each of its nodes, and Pitot links them, times
 * them and keeps their cache lineage. The run is active inside `body`; whoever started it finishes it. Returns what `body` returns.
 *
 * ```ts
 * await trackedRun({ label: "nightly" }, (run) =>
 *   aroundRun(run, async (graph) => {
 *     const rows = await graph.aroundNode({ id: "load" }, () => load());
 *     await graph.aroundNode({ id: "clean", deps: ["load"] }, () => clean(rows));
 *   }),
 * );
 * ```
 */
export function aroundRun<T>(run: PipelineRun, body: (handle: RunHandle) => T): T {
  const handle = new RunHandle(run);
  let result: T;
  try {
    result = run.with(() => body(handle));
  } catch (error) {
    handle.close();
    throw error;
  }
  return settle(result, () => handle.close());
}
