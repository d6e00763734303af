import type { DiagnosticsSink, PipelineRun } from "@pitot/core";
import type { CacheStore } from "./node-cache.ts";
import type { PipelineNode } from "./pipeline-node.ts";
/** Values by name, as a node's function is given them: of any type, since names are what connects functions here. */
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
