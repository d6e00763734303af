import { recordCacheLineage, type DiagnosticsSink, type PipelineRun } from "@pitot/core";
import * as names from "@pitot/semconv";
import type { NodeOptions } from "./around-run.ts";
import type { PipelineNode } from "./pipeline-node.ts";

/** A node that has ended. */
export interface FinishedNode {
  readonly options: NodeOptions;
  readonly node: PipelineNode;
  /** Unix milliseconds. */
  readonly startedAt: number;
  readonly seconds: number;
  readonly failure: { readonly thrown: unknown } | undefined;
}

/** Records the event `node_finished_v1`, puts inputs and outputs on the span, and the rows of outputs on their metric. */
export function recordNodeFinished(sink: DiagnosticsSink, finished: FinishedNode): void {
  const { node, options, startedAt, seconds, failure } = finished;
  const { id, attempt = 1, deps = [], group } = options;
  const { inputs, outputs, cached, skipped, span } = node;
  if (inputs.length > 0) span.setAttribute(names.ATTR_STAGE_INPUTS, inputs);
  if (outputs.length > 0)
    span.setAttribute(
      names.ATTR_STAGE_OUTPUTS,
      outputs.map(({ dataset }) => dataset),
    );
  for (const { dataset, rows } of outputs)
    if (rows !== undefined)
      sink.recordMetric(
        names.METRIC_DATASET_ROWS,
        rows,
        { [names.ATTR_DATASET_NAME]: dataset },
        { kind: "gauge", unit: "{row}" },
      );
  const event: Record<string, unknown> = {
    node: id,
    status: failure !== undefined ? "failed" : skipped === undefined ? "completed" : "skipped",
    attempt,
    start_time_unix_ms: startedAt,
    duration_ms: seconds * 1000,
  };
  // What there is none of is left out: each value costs on every node of every run.
  if (deps.length > 0) event["deps"] = deps;
  if (group !== undefined) event["group"] = group;
  if (cached !== undefined) event["cache"] = cached.outcome;
  if (skipped !== undefined) event["skip_reason"] = skipped;
  if (failure !== undefined) event["error_type"] = errorName(failure.thrown);
  if (inputs.length > 0) event["inputs"] = inputs;
  if (outputs.length > 0) event["outputs"] = outputs;
  sink.recordEvent("node_finished_v1", event);
}

/**
 * Records the cache lineage of a run: totals as an artifact, a row for each node that a cache was asked for; nothing where none was.
 *
 * @param nodes those that asked a cache
 * @param total nodes of the run
 */
export function recordLineage(run: PipelineRun, nodes: readonly FinishedNode[], total: number): void {
  const rows = nodes.flatMap(({ node, options: { id, attempt = 1, deps = [] } }) => {
    const { cached } = node;
    if (cached === undefined) return [];
    const { traceId, spanId } = node.span.spanContext();
    return [
      {
        run_id: run.runId,
        node: id,
        attempt,
        outcome: cached.outcome,
        key: cached.key ?? null,
        data_version: cached.dataVersion ?? null,
        code_version: cached.codeVersion ?? null,
        reason: cached.reason ?? null,
        deps,
        trace_id: traceId,
        span_id: spanId,
        producer_run_id: cached.producer?.runId ?? null,
        producer_trace_id: cached.producer?.traceId ?? null,
        producer_span_id: cached.producer?.spanId ?? null,
      },
    ];
  });
  if (rows.length === 0) return;
  const count = (outcome: string): number => rows.filter((row) => row.outcome === outcome).length;
  recordCacheLineage(run, {
    payload: {
      run_id: run.runId,
      label: run.label,
      nodes: total,
      cached_nodes: rows.length,
      hits: count("hit"),
      misses: count("miss"),
      stored: count("stored"),
      bypassed: count("bypassed"),
      failed: count("failed"),
    },
    rows,
  });
}

function errorName(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
