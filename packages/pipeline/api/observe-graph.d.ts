import type { PGraphNode } from "p-graph";
import type { RunHandle } from "./around-run.ts";
/** The nodes of a p-graph, observed: `new PGraph(observePGraph(handle, nodes, dependencies), dependencies)`. Those without a function stay as they are. */
export declare function observePGraph(handle: RunHandle, nodes: ReadonlyMap<string, PGraphNode> | Readonly<Record<string, PGraphNode>>, dependencies: readonly (readonly [subjectId: string, dependentId: string])[]): Map<string, PGraphNode>;
/** A task of `async.auto`: takes the results of what it needs, and a callback unless it is an async function. */
export type AutoTask = (...args: never[]) => unknown;
/**
 * The tasks of `async.auto`, observed: `async.auto(observeAsyncAuto(handle, tasks))`. Callbacks are called as the task calls them, with
 * the same arguments and at the same moment; what they start runs in the caller's context, not in the task's.
 */
export declare function observeAsyncAuto<Tasks extends Readonly<Record<string, AutoTask | readonly unknown[]>>>(handle: RunHandle, tasks: Tasks): Tasks;
