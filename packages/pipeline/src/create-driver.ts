import { trackedRun, type PipelineRun } from "@pitot/core";
import { PGraph } from "p-graph";
import { aroundRun } from "./around-run.ts";
import { checkDriver } from "./check-driver.ts";
import type { Driver, DriverNode, DriverOptions, NodeValues } from "./driver.ts";
import { Execution, type CompiledNode } from "./execution.ts";
import { codeVersion } from "./node-cache.ts";
import { planNodes } from "./plan-nodes.ts";

/** Sets of targets whose graphs are kept. */
const MAX_GRAPHS = 32;

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
  checkDriver(nodes, config, options);
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
        aroundRun(run, (handle) =>
          new Execution(compiled, handle, values, options).run(graph, targets, options.concurrency),
        );
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

function compile(definition: DriverNode, nodes: ReadonlyMap<string, DriverNode>): CompiledNode {
  const { run, deps = [], cache, version } = definition;
  return {
    definition,
    deps: deps.filter((dep) => nodes.has(dep)),
    code: cache === true ? codeVersion(run, version) : undefined,
  };
}
