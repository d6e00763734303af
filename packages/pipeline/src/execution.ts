import { isThenable } from "@pitot/core";
import type { PGraph } from "p-graph";
import type { RunHandle } from "./around-run.ts";
import { CachedValues } from "./cached-values.ts";
import type { DriverNode, DriverOptions, NodeValues } from "./driver.ts";
import type { PipelineNode } from "./pipeline-node.ts";

const CACHE_TIMEOUT_MS = 60_000;

/** A node as every execution needs it. */
export interface CompiledNode {
  readonly definition: DriverNode;
  /** Those of its dependencies that are nodes. */
  readonly deps: readonly string[];
  /** Version of its code; undefined where nothing is cached. */
  readonly code: string | undefined;
}

/** One walk through the graph. */
export class Execution {
  readonly #nodes: ReadonlyMap<string, CompiledNode>;
  readonly #handle: RunHandle;
  readonly #values: Map<string, unknown>;
  readonly #cached: CachedValues | undefined;
  readonly #ready = new Map<string, number>();
  #failure: { readonly thrown: unknown } | undefined;

  /** @param config values that are there from the beginning */
  constructor(
    nodes: ReadonlyMap<string, CompiledNode>,
    handle: RunHandle,
    config: NodeValues,
    { cache, cacheTimeoutMs = CACHE_TIMEOUT_MS }: DriverOptions,
  ) {
    this.#nodes = nodes;
    this.#handle = handle;
    this.#values = new Map(Object.entries(config));
    this.#cached = cache === undefined ? undefined : new CachedValues(cache, cacheTimeoutMs, this.#values);
  }

  /** Runs the graph whose ids are those of the nodes, and returns the values of `targets`. The first error of a node is thrown. */
  async run(
    graph: PGraph,
    targets: readonly string[],
    concurrency: number | undefined,
  ): Promise<Record<string, unknown>> {
    const started = Date.now();
    await graph.run({
      run: (id) => this.#node(id, started),
      ...(concurrency === undefined ? {} : { concurrency }),
    });
    if (this.#failure !== undefined) throw this.#failure.thrown;
    return Object.fromEntries(targets.map((target) => [target, this.#values.get(target)]));
  }

  /** Never throws or rejects: p-graph would go on with other nodes behind the caller's back. Sync where the node is: a promise costs. */
  #node(id: string, started: number): void | Promise<void> {
    const node = this.#nodes.get(id)!;
    const { deps } = node;
    const { group } = node.definition;
    let queuedAt = started;
    for (const dep of deps) queuedAt = Math.max(queuedAt, this.#ready.get(dep) ?? 0);
    const { signal } = this.#handle.run;
    const end = (error?: { readonly thrown: unknown }): void => {
      this.#failure ??= error;
      this.#ready.set(id, Date.now());
    };
    const keep = (value: unknown): void => void this.#values.set(id, value);
    try {
      const result = this.#handle.aroundNode(
        { id, deps, queuedAt, ...(group === undefined ? {} : { group }) },
        (observed) => {
          if (this.#failure !== undefined) return observed.skip("another node failed");
          if (signal.aborted) throw signal.reason;
          const value = this.#value(node, observed);
          return isThenable(value) ? Promise.resolve(value).then(keep) : keep(value);
        },
      );
      if (isThenable(result))
        return Promise.resolve(result).then(
          () => end(),
          (error: unknown) => end({ thrown: error }),
        );
      end();
    } catch (error) {
      end({ thrown: error });
    }
  }

  #value({ definition, code }: CompiledNode, node: PipelineNode): unknown {
    const names = definition.deps ?? [];
    const compute = (): unknown => {
      const values: Record<string, unknown> = {};
      for (const name of names) values[name] = this.#values.get(name);
      return definition.run(values, node);
    };
    return code === undefined || this.#cached === undefined
      ? compute()
      : this.#cached.value(node, code, names, compute);
  }
}
