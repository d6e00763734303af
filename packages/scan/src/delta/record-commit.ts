import { addCounter, composeSinks, type DiagnosticsSink } from "@pitot/core";
import * as names from "@pitot/semconv";
import type { DeltaCommit } from "./append-delta.ts";

/** Counts a write by its outcome and records it as event `delta_commit_v1`. Never throws. */
export function recordCommit(sink: DiagnosticsSink | undefined, dataset: string, commit: DeltaCommit): void {
  addCounter(names.METRIC_WRITE_COMMITS, 1, {
    [names.ATTR_DATASET_NAME]: dataset,
    [names.ATTR_OUTCOME]: commit.outcome,
  });
  if (sink === undefined) return;
  composeSinks(sink).recordEvent("delta_commit_v1", {
    dataset,
    location: commit.location,
    outcome: commit.outcome,
    app_id: commit.appId,
    app_version: commit.appVersion,
    version: commit.version ?? null,
    files: commit.files,
    rows: commit.rows,
    bytes: commit.bytes,
    attempts: commit.attempts,
    duration_ms: commit.durationMs,
    checkpoint: commit.checkpoint?.outcome ?? null,
    checkpoint_reason: commit.checkpoint?.reason ?? null,
    violations: commit.violations.map(({ violationType, columnName, expected, actual }) => ({
      violation_type: violationType,
      column_name: columnName ?? null,
      expected: expected ?? null,
      actual: actual ?? null,
    })),
    error: commit.error ?? null,
  });
}
