import { createHash } from "node:crypto";
import { PitotError } from "@pitot/core";
import { queryRows, type DuckDBConnectionLike } from "./duckdb-connection.ts";
import { withoutLiterals } from "./describe-statement.ts";

/** One operator of a plan, without what changes from run to run: no literals, addresses, estimates or timings. */
export interface PlanOperator {
  readonly name: string;
  /** Projections, filters, groups and so on, in the plan's own words and order of name. */
  readonly detail: Readonly<Record<string, readonly string[]>>;
  readonly children: readonly PlanOperator[];
}

/** The optimised plan of a statement. */
export interface QueryPlan {
  /** SHA-256, in hex, of the normalised plan and the statement's text without literals. */
  readonly fingerprint: string;
  readonly operators: readonly PlanOperator[];
}

/** A scan of Parquet files within a plan. */
export interface ParquetScan {
  readonly columns: readonly string[];
  /** Filters pushed into the scan, without their literals. */
  readonly filters: readonly string[];
}

/** What depends on data, not on the plan. */
const VOLATILE = /cardinality|timing|total files|dynamic filter|size|memory/i;
const ADDRESS = /0x[0-9a-f]{4,}/gi;

/**
 * Explains a statement: its optimised plan, normalised, and the fingerprint. The plan is the physical one, because the setting that
 * shows another is global to the instance. DuckDB's JSON leaves out some filters, so the fingerprint covers the statement's text too.
 *
 * @throws what the engine throws for a statement that it cannot plan; PitotError INVALID_DATA for a plan that is not JSON
 */
export async function queryPlan(
  connection: DuckDBConnectionLike,
  sql: string,
  values?: unknown,
  types?: unknown,
): Promise<QueryPlan> {
  const rows = await queryRows(connection, `EXPLAIN (FORMAT JSON) ${sql}`, values, types);
  const shown = rows.find((row) => row["explain_key"] === "physical_plan") ?? rows[0];
  const operators = parsePlan(String(shown?.["explain_value"]));
  return { operators, fingerprint: planFingerprint(operators, sql) };
}

/**
 * The operators of `EXPLAIN (FORMAT JSON)`, normalised.
 * @throws PitotError INVALID_DATA unless it is a JSON array of operators
 */
export function parsePlan(json: string): PlanOperator[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (cause) {
    throw notAPlan(json, cause);
  }
  if (!Array.isArray(parsed)) throw notAPlan(json);
  return parsed.map(operator);
}

/** SHA-256, in hex, of normalised operators and the text that they came from. */
export function planFingerprint(operators: readonly PlanOperator[], sql: string): string {
  const text = withoutLiterals(sql).replace(/\s+/g, " ").trim();
  return createHash("sha256")
    .update(JSON.stringify([operators, text]))
    .digest("hex");
}

/** The Parquet scans of a plan, depth first. */
export function parquetScans(operators: readonly PlanOperator[]): ParquetScan[] {
  return operators.flatMap(({ name, detail, children }) => [
    ...(/parquet/i.test(name) || detail["Function"]?.some((text) => /parquet/i.test(text)) === true
      ? [{ columns: detail["Projections"] ?? [], filters: detail["Filters"] ?? [] }]
      : []),
    ...parquetScans(children),
  ]);
}

function operator(raw: unknown): PlanOperator {
  const { name, children, extra_info } = (raw ?? {}) as {
    name?: unknown;
    children?: unknown;
    extra_info?: unknown;
  };
  const info = typeof extra_info === "object" && extra_info !== null ? extra_info : {};
  return {
    name: String(name).trim(),
    detail: Object.fromEntries(
      Object.entries(info)
        .filter(([key]) => !VOLATILE.test(key))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, value]) => [key, (Array.isArray(value) ? value : [value]).map(normalize)]),
    ),
    children: Array.isArray(children) ? children.map(operator) : [],
  };
}

function normalize(value: unknown): string {
  // Column references such as `#0` are kept: they are positions, not literals.
  return String(value)
    .replace(ADDRESS, "0x")
    .split(/(#\d+)/)
    .map((part, i) => (i % 2 === 1 ? part : withoutLiterals(part)))
    .join("");
}

function notAPlan(value: unknown, cause?: unknown): PitotError {
  return new PitotError("INVALID_DATA", "The engine's plan is not a JSON array", {
    value,
    remedy: "Ask for it by EXPLAIN (FORMAT JSON).",
    cause,
  });
}
