import { context } from "@opentelemetry/api";
import type { PGraphNode } from "p-graph";
import type { RunHandle } from "./around-run.ts";

/** The nodes of a p-graph, observed: `new PGraph(observePGraph(handle, nodes, dependencies), dependencies)`. Those without a function stay as they are. */
export function observePGraph(
  handle: RunHandle,
  nodes: ReadonlyMap<string, PGraphNode> | Readonly<Record<string, PGraphNode>>,
  dependencies: readonly (readonly [subjectId: string, dependentId: string])[],
): Map<string, PGraphNode> {
  const needed = new Map<string, string[]>();
  for (const [subject, dependent] of dependencies) {
    const deps = needed.get(dependent);
    if (deps === undefined) needed.set(dependent, [subject]);
    else deps.push(subject);
  }
  const entries: Iterable<[string, PGraphNode]> = nodes instanceof Map ? nodes : Object.entries(nodes);
  return new Map(
    [...entries].map(([id, node]) => {
      const { run } = node;
      if (run === undefined) return [id, node];
      const deps = needed.get(id) ?? [];
      return [id, { ...node, run: () => handle.aroundNode({ id, deps }, () => run()) }];
    }),
  );
}

type Callback = (error: unknown, ...results: unknown[]) => void;
/** A task of `async.auto`: takes the results of what it needs, and a callback unless it is an async function. */
export type AutoTask = (...args: never[]) => unknown;

/**
 * The tasks of `async.auto`, observed: `async.auto(observeAsyncAuto(handle, tasks))`. Callbacks are called as the task calls them, with
 * the same arguments and at the same moment; what they start runs in the caller's context, not in the task's.
 */
export function observeAsyncAuto<Tasks extends Readonly<Record<string, AutoTask | readonly unknown[]>>>(
  handle: RunHandle,
  tasks: Tasks,
): Tasks {
  return Object.fromEntries(
    Object.entries(tasks).map(([id, task]) => {
      const parts: readonly unknown[] = Array.isArray(task) ? task : [task];
      const body = parts.at(-1);
      if (typeof body !== "function") return [id, task];
      const deps = parts.slice(0, -1).map(String);
      const observed = isAsync(body)
        ? async (...args: unknown[]) => handle.aroundNode({ id, deps }, () => body(...args))
        : observeCallback(handle, id, deps, body as (...args: unknown[]) => unknown);
      return [id, Array.isArray(task) ? [...deps, observed] : observed];
    }),
  ) as Tasks;
}

function observeCallback(
  handle: RunHandle,
  id: string,
  deps: readonly string[],
  body: (...args: unknown[]) => unknown,
): (...args: unknown[]) => void {
  return (...args) => {
    const callback = context.bind(context.active(), args.at(-1) as Callback);
    let thrown: { readonly error: unknown } | undefined;
    const ended = handle.aroundNode(
      { id, deps },
      () =>
        new Promise<void>((resolve, reject) => {
          try {
            body(...args.slice(0, -1), (error: unknown, ...results: unknown[]) => {
              // `false` is how a task of async ends the whole flow without an error.
              if (error === null || error === undefined || error === false) resolve();
              else reject(error);
              callback(error, ...results);
            });
          } catch (error) {
            thrown = { error };
            reject(error);
          }
        }),
    );
    // The task's own error is told by its callback, or thrown below.
    ended.catch(() => undefined);
    if (thrown !== undefined) throw thrown.error;
  };
}

function isAsync(body: unknown): body is (...args: unknown[]) => Promise<unknown> {
  return (body as { [Symbol.toStringTag]?: string })[Symbol.toStringTag] === "AsyncFunction";
}
