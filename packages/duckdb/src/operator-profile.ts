import { PitotError } from "@pitot/core";
import { withoutLiterals } from "./describe-statement.ts";

/** What one operator cost. */
export interface OperatorCost {
  readonly operator: string;
  /** 0 for the operators at the top. */
  readonly depth: number;
  /** Seconds, on all threads together. */
  readonly seconds: number;
  /** Rows that it gave on. */
  readonly rows: number;
  readonly rowsScanned: number;
  /** Projections, filters and so on, without literals. */
  readonly detail: Readonly<Record<string, string>>;
}

/** The profile of one statement. */
export interface OperatorProfile {
  /** The statement as it was run, with its literals: for recognising it, not for recording. */
  readonly query: string;
  readonly latencySeconds: number;
  readonly cpuSeconds: number;
  readonly rowsReturned: number;
  readonly rowsScanned: number;
  readonly bytesRead: number;
  readonly peakMemoryBytes: number;
  /** Operators depth first, as the plan prints them. */
  readonly operators: readonly OperatorCost[];
}

/**
 * Reads what JSON profiling (`SET enable_profiling = 'json'`) writes.
 * @throws PitotError INVALID_DATA unless it is such a profile
 */
export function operatorProfile(json: string): OperatorProfile {
  let root: Record<string, unknown>;
  try {
    root = JSON.parse(json) as Record<string, unknown>;
  } catch (cause) {
    throw notAProfile(json, cause);
  }
  if (typeof root !== "object" || root === null || !Array.isArray(root["children"])) throw notAProfile(json);
  const operators: OperatorCost[] = [];
  for (const child of root["children"]) collect(child, 0, operators);
  return {
    query: (root["query_name"] as string | undefined) ?? "",
    latencySeconds: number(root["latency"]),
    cpuSeconds: number(root["cpu_time"]),
    rowsReturned: number(root["rows_returned"]),
    rowsScanned: number(root["cumulative_rows_scanned"]),
    bytesRead: number(root["total_bytes_read"]),
    peakMemoryBytes: number(root["system_peak_buffer_memory"]),
    operators,
  };
}

function collect(raw: unknown, depth: number, into: OperatorCost[]): void {
  const node = raw as Record<string, unknown>;
  const info = (node["extra_info"] ?? {}) as Record<string, unknown>;
  into.push({
    operator: ((node["operator_name"] ?? node["operator_type"] ?? "") as string).trim(),
    depth,
    seconds: number(node["operator_timing"]),
    rows: number(node["operator_cardinality"]),
    rowsScanned: number(node["operator_rows_scanned"]),
    detail: Object.fromEntries(
      Object.entries(info)
        .filter(([key]) => !/cardinality/i.test(key))
        .map(([key, value]) => [
          key,
          withoutLiterals(Array.isArray(value) ? value.join(", ") : String(value)),
        ]),
    ),
  });
  if (Array.isArray(node["children"])) for (const child of node["children"]) collect(child, depth + 1, into);
}

function number(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

function notAProfile(value: unknown, cause?: unknown): PitotError {
  return new PitotError("INVALID_DATA", "This is no profile of DuckDB", {
    value,
    remedy: "Give the JSON that SET enable_profiling = 'json' writes to profiling_output.",
    cause,
  });
}
