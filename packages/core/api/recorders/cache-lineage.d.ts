import type { DiagnosticsSink, Payload } from "../diagnostics-sink.ts";
/** Records the artifact `cache_lineage_v1`, and one event `cache_lineage_nodes_v1` per row where rows are given. */
export declare function recordCacheLineage(sink: DiagnosticsSink, options: {
    readonly payload: Payload;
    readonly rows?: readonly Payload[];
}): void;
