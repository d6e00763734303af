import { isThenable, PitotError, trackedRun, type DiagnosticsSink, type PipelineRun } from "@pitot/core";
import { PGraph } from "p-graph";
import { aroundRun, type RunHandle } from "./around-run.ts";
import {
  cacheKey,
  codeVersion,
  dataVersion,
  isCacheEntry,
  type CacheEntry,
  type CacheStore,
} from "./node-cache.ts";
import type { PipelineNode } from "./pipeline-node.ts";
import { planNodes } from "./plan-nodes.ts";

/** Sets of targets whose graphs are kept. */
const MAX_GRAPHS = 32;
const CACHE_TIMEOUT_MS = 60_000;

/** Values by name, as a node's function is given them: of any type, since names are what connects functions here. */
// oxlint-disable-next-line typescript/no-explicit-any -- a function says what it expects
export type NodeValues = Readonly<Record<string, any>>;

/** A function with the names of what it needs: other nodes, or values of the configuration. */
export interface DriverNode {
  readonly deps?: readonly string[];
  /** Makes the node's value. Its second argument records inputs and outputs. */
  readonly run: (values: NodeValues, node: PipelineNode) => unknown;
  /** Keep its value in the driver's cache, under the versions of its code and of what it needs. Default false. */
  readonly cache?: boolean;
  /** Version of its code, where the function's own text does not tell all. */
  readonly version?: string;
  readonly group?: string;
  /** Higher first, where several are ready. Default 0. */
  readonly priority?: number;
}

/** What a driver is made of. */
export interface DriverOptions {
  readonly nodes: Readonly<Record<string, DriverNode>>;
  /** Values that nodes can name in their `deps`. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Gets every record of every run beside OpenTelemetry and the snapshot. */
  readonly diagnostics?: DiagnosticsSink;
  /** Label of the runs. Default `driver`. */
  readonly label?: string;
  readonly cache?: CacheStore;
  /** How long a cache may take to answer, in ms; then the value is computed, or not stored. Default 60,000. */
  readonly cacheTimeoutMs?: number;
  /** Nodes that run at once. Default: all that are ready. */
  readonly concurrency?: number;
}

/** How one execution differs from the driver. */
export interface ExecuteOptions {
  /** Values over those of the configuration. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Execute within this run, which the caller finishes. Default: a run of its own. */
  readonly run?: PipelineRun;
}

/** A graph of functions, ready to be executed. */
export interface Driver {
  /** The nodes that `targets` need, themselves included, in an order in which they can run. */
  plan(...targets: string[]): string[];
  /**
   * Runs what `targets` need, each node once, and returns their values by name. When a node throws, those under way are waited for, no
   * other is started, and its error passes unchanged.
   */
  execute(targets: readonly string[], options?: ExecuteOptions): Promise<NodeValues>;
}

/**
 * Makes a driver for a small graph of plain functions; p-graph schedules them.
 *
 * ```ts
 * const driver = createDriver({
 *   nodes: {
 *     rows: { deps: ["path"], run: ({ path }) => load(path), cache: true },
 *     total: { deps: ["rows"], run: ({ rows }) => rows.length },
 *   },
 *   config: { path: "flights.csv" },
 * });
 * const { total } = await driver.execute(["total"]);
 * ```
 *
 * @throws PitotError INVALID_CONFIGURATION for a node that needs what is not there, a cycle, a name of both node and configuration
 */
export function createDriver(options: DriverOptions): Driver {
  const nodes = new Map(Object.entries(options.nodes));
  const config = options.config ?? {};
  check(nodes, config, options);
  planNodes(nodes, config, [...nodes.keys()]);
  const compiled = new Map([...nodes].map(([id, node]) => [id, compile(node, nodes)]));
  const graphs = new Map<string, PGraph>();
  const graphOf = (targets: readonly string[]): PGraph => {
    const key = JSON.stringify(targets);
    let graph = graphs.get(key);
    if (graph === undefined) {
      graph = makeGraph(planNodes(nodes, config, targets), compiled);
      if (graphs.size >= MAX_GRAPHS) graphs.clear();
      graphs.set(key, graph);
    }
    return graph;
  };
  return {
    plan: (...targets) => planNodes(nodes, config, targets),
    execute: async (targets, execution = {}) => {
      const graph = graphOf(targets);
      const values = { ...config, ...execution.config };
      const whole = (run: PipelineRun): Promise<NodeValues> =>
        aroundRun(run, (handle) => new Execution(options, compiled, handle, values).run(graph, targets));
      if (execution.run !== undefined) return whole(execution.run);
      const { label = "driver", diagnostics } = options;
      return trackedRun({ label, ...(diagnostics === undefined ? {} : { sink: diagnostics }) }, whole);
    },
  };
}

/** What some targets need, for any number of executions, also at once. */
function makeGraph(needed: readonly string[], nodes: ReadonlyMap<string, CompiledNode>): PGraph {
  return new PGraph(
    new Map(needed.map((id) => [id, { priority: nodes.get(id)!.definition.priority ?? 0 }])),
    needed.flatMap((id) => nodes.get(id)!.deps.map((dep): [string, string] => [dep, id])),
  );
}

/** A node as every execution needs it. */
interface CompiledNode {
  readonly definition: DriverNode;
  /** Those of its dependencies that are nodes. */
  readonly deps: readonly string[];
  /** Version of its code; undefined where nothing is cached. */
  readonly code: string | undefined;
}

function compile(definition: DriverNode, nodes: ReadonlyMap<string, DriverNode>): CompiledNode {
  const { run, deps = [], cache, version } = definition;
  return {
    definition,
    deps: deps.filter((dep) => nodes.has(dep)),
    code: cache === true ? codeVersion(run, version) : undefined,
  };
}

/** One walk through the graph. */
class Execution {
  readonly #options: DriverOptions;
  readonly #nodes: ReadonlyMap<string, CompiledNode>;
  readonly #handle: RunHandle;
  readonly #values: Map<string, unknown>;
  readonly #versions = new Map<string, string | undefined>();
  readonly #ready = new Map<string, number>();
  #failure: { readonly thrown: unknown } | undefined;

  constructor(
    options: DriverOptions,
    nodes: ReadonlyMap<string, CompiledNode>,
    handle: RunHandle,
    config: Readonly<Record<string, unknown>>,
  ) {
    this.#options = options;
    this.#nodes = nodes;
    this.#handle = handle;
    this.#values = new Map(Object.entries(config));
  }

  async run(graph: PGraph, targets: readonly string[]): Promise<Record<string, unknown>> {
    const { concurrency } = this.#options;
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
          const value = this.#value(id, node, observed);
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

  #value(id: string, { definition, code }: CompiledNode, node: PipelineNode): unknown {
    const names = definition.deps ?? [];
    const compute = (): unknown => {
      const values: Record<string, unknown> = {};
      for (const name of names) values[name] = this.#values.get(name);
      return definition.run(values, node);
    };
    const store = this.#options.cache;
    return code === undefined || store === undefined
      ? compute()
      : this.#cached(id, names, code, store, node, compute);
  }

  async #cached(
    id: string,
    names: readonly string[],
    code: string,
    store: CacheStore,
    node: PipelineNode,
    compute: () => unknown,
  ): Promise<unknown> {
    const inputs: [string, string][] = [];
    for (const name of names) {
      const version = this.#version(name);
      if (version === undefined) {
        node.cache({ outcome: "bypassed", codeVersion: code, reason: `${name} is not plain data` });
        return compute();
      }
      inputs.push([name, version]);
    }
    const key = cacheKey(id, code, inputs);
    let entry: CacheEntry | undefined;
    let reason = "not there";
    try {
      const found: unknown = await this.#inTime(store.get(key));
      if (isCacheEntry(found)) entry = found;
      else if (found !== undefined) reason = "the cache gave what is no entry";
    } catch (error) {
      reason = `the cache cannot be read: ${message(error)}`;
    }
    if (entry !== undefined) {
      this.#versions.set(id, entry.dataVersion);
      const { producer } = entry;
      node.cache({ outcome: "hit", key, dataVersion: entry.dataVersion, codeVersion: code, producer });
      return entry.value;
    }
    const value = await compute();
    const version = dataVersion(value);
    this.#versions.set(id, version);
    const use = { key, codeVersion: code, ...(version === undefined ? {} : { dataVersion: version }) };
    if (version === undefined) node.cache({ ...use, outcome: "miss", reason: "its value is not plain data" });
    else
      try {
        const made: CacheEntry = {
          value,
          dataVersion: version,
          codeVersion: code,
          producer: node.producer,
        };
        await this.#inTime(store.set(key, made));
        node.cache({ ...use, outcome: "stored", reason });
      } catch (error) {
        node.cache({ ...use, outcome: "failed", reason: `the cache cannot be written: ${message(error)}` });
      }
    return value;
  }

  /** What the cache answers; an error where it does not. */
  async #inTime<T>(answer: T): Promise<Awaited<T>> {
    const ms = this.#options.cacheTimeoutMs ?? CACHE_TIMEOUT_MS;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
    });
    try {
      return await Promise.race([answer, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The version of a value that is there, made when a cached node first needs it. */
  #version(name: string): string | undefined {
    if (!this.#versions.has(name)) this.#versions.set(name, dataVersion(this.#values.get(name)));
    return this.#versions.get(name);
  }
}

function check(
  nodes: ReadonlyMap<string, DriverNode>,
  config: Readonly<Record<string, unknown>>,
  { concurrency, cacheTimeoutMs }: DriverOptions,
): void {
  if (cacheTimeoutMs !== undefined && !(cacheTimeoutMs > 0 && cacheTimeoutMs < 2 ** 31))
    throw new PitotError("INVALID_CONFIGURATION", "cacheTimeoutMs is not a time in ms above 0", {
      value: cacheTimeoutMs,
      remedy: "Give how long a cache may take to answer, in ms, at most 2147483647.",
    });
  if (concurrency !== undefined && !(Number.isSafeInteger(concurrency) && concurrency > 0))
    throw new PitotError("INVALID_CONFIGURATION", "concurrency is not a whole number of 1 or more", {
      value: concurrency,
      remedy: "Give the number of nodes that may run at once.",
    });
  for (const [id, node] of nodes) {
    if (id === "" || id === "__proto__")
      throw new PitotError("INVALID_CONFIGURATION", "A node cannot have this name", {
        value: id,
        remedy: "Name it otherwise.",
      });
    if (typeof node.run !== "function")
      throw new PitotError("INVALID_CONFIGURATION", "A node has no function", {
        value: id,
        remedy: "Give it a run function.",
      });
    if (Object.hasOwn(config, id))
      throw new PitotError(
        "INVALID_CONFIGURATION",
        "A name is both a node and a value of the configuration",
        {
          value: id,
          remedy: "Rename one of them.",
        },
      );
  }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
