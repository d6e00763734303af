import { type Link } from "@opentelemetry/api";
import { type PipelineRun } from "@pitot/core";
import { PipelineNode } from "./pipeline-node.ts";
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
/** What {@link aroundRun} gives to a runner. */
export declare class RunHandle {
    #private;
    readonly run: PipelineRun;
    constructor(run: PipelineRun);
    /**
     * Calls `body` as a node of the graph: a stage span with links to the nodes that it depends on, an event when it has finished.
     * Returns what `body` returns, sync or async; its errors pass unchanged, and no fault of the recording reaches it.
     */
    aroundNode<T>(options: NodeOptions, body: NodeBody<T>): T;
    /** Records the cache lineage of the nodes so far. For {@link aroundRun}. */
    close(): void;
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
export declare function aroundRun<T>(run: PipelineRun, body: (handle: RunHandle) => T): T;
