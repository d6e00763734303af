import type { DiagnosticsSink, Payload } from "../diagnostics-sink.ts";

/** Records the artifact `cache_lineage_v1`, and one event `cache_lineage_nodes_v1` per row where rows are given. */
export function recordCacheLineage(
  sink: DiagnosticsSink,
  options: { readonly payload: Payload; readonly rows?: readonly Payload[] },
): void {
  sink.recordArtifact("cache_lineage_v1", options.payload);
  if (options.rows !== undefined && options.rows.length > 0)
    sink.recordEvents("cache_lineage_nodes_v1", options.rows);
}
