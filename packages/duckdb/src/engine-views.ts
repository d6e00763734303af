import { createHash } from "node:crypto";
import { PitotError, type ViewArtifact, type ViewNode } from "@pitot/core";
import { schemaFingerprint, schemaPayload } from "@pitot/tables";
import { encode } from "@msgpack/msgpack";
import { describeTable } from "./describe-table.ts";
import { bareConnection, queryRows, type DuckDBConnectionLike } from "./duckdb-connection.ts";
import { queryPlan } from "./query-plan.ts";

/** Settings under which equal texts may give other plans or other values. */
const POLICY = [
  "Calendar",
  "TimeZone",
  "default_collation",
  "default_null_order",
  "default_order",
  "disabled_optimizers",
  "ieee_floating_point_ops",
  "integer_division",
  "old_implicit_casting",
  "order_by_non_integer_literal",
  "preserve_insertion_order",
];

/**
 * The views of the application, in order of name: what each depends on, the functions that it calls, its plan's fingerprint, and the
 * hash of the settings under which it was planned. Views that cannot be planned any more, e.g. for a dropped table, are there without
 * a fingerprint. Costs two statements a view.
 */
export async function engineViews(connection: DuckDBConnectionLike): Promise<ViewNode[]> {
  const policyHash = await policy(connection);
  const views = await queryRows(
    connection,
    `SELECT database_name, schema_name, view_name, sql,
       schema_name = current_schema() AND database_name = current_database() AS here
     FROM duckdb_views() WHERE NOT internal ORDER BY ALL`,
  );
  const nodes: ViewNode[] = [];
  for (const row of views) {
    const path = [row["database_name"], row["schema_name"], row["view_name"]].map(String);
    const name = row["here"] === true ? path[2]! : path.join(".");
    const query = definition(String(row["sql"]));
    nodes.push({
      name,
      deps: tableNames(connection, query),
      requiredUdfs: await calledFunctions(connection, query),
      ...(await fingerprint(connection, query)),
      policyHash,
    });
  }
  return nodes;
}

/**
 * What is kept of one view, to see later whether it, its plan or its schema changed.
 * @throws PitotError INVALID_ARGUMENT where there is no view of that name, or none that can be planned
 */
export async function viewArtifact(connection: DuckDBConnectionLike, name: string): Promise<ViewArtifact> {
  const node = (await engineViews(connection)).find((view) => view.name === name);
  const table = node?.planFingerprint === undefined ? null : await describeTable(connection, name);
  if (node?.planFingerprint === undefined || table === null)
    throw new PitotError("INVALID_ARGUMENT", "There is no view of this name that the engine can plan", {
      value: name,
      remedy: "Name a view as engineViews does.",
    });
  const { planFingerprint, requiredUdfs = [], deps = [], policyHash } = node;
  return {
    name,
    planFingerprint,
    planTaskSignature: sha256([name, planFingerprint, requiredUdfs, deps, policyHash]),
    schemaFingerprint: schemaFingerprint(table.schema),
    schemaMsgpack: encode(schemaPayload(table.schema)),
    schemaDescribeMsgpack: encode(table.rows),
    requiredUdfs,
    referencedTables: deps,
  };
}

/** The query of a `CREATE VIEW … AS query;` as the catalogue prints it. */
function definition(sql: string): string {
  return sql
    .replace(/^CREATE\s[^]*?\sAS\s+(?=SELECT|WITH|FROM|VALUES|\(|PIVOT|UNPIVOT|SUMMARIZE|DESCRIBE|SHOW)/i, "")
    .replace(/;\s*$/, "");
}

function tableNames(connection: DuckDBConnectionLike, query: string): string[] {
  try {
    return [...new Set(bareConnection(connection).getTableNames(query, false))].sort();
  } catch {
    return [];
  }
}

/** The functions that a query calls, operators apart. Empty where the parser's own JSON has none, as for PIVOT. */
async function calledFunctions(connection: DuckDBConnectionLike, query: string): Promise<string[]> {
  const found = new Set<string>();
  try {
    const [row] = await queryRows(
      connection,
      // The function takes constants only.
      `SELECT json_serialize_sql('${query.replaceAll("'", "''")}') AS tree`,
    );
    walk(JSON.parse(String(row?.["tree"])), found);
  } catch {
    return [];
  }
  return [...found].sort();
}

function walk(node: unknown, found: Set<string>): void {
  if (typeof node !== "object" || node === null) return;
  const { function_name: name, is_operator: operator } = node as Record<string, unknown>;
  if (typeof name === "string" && name !== "" && operator !== true) found.add(name);
  for (const child of Object.values(node)) walk(child, found);
}

async function fingerprint(
  connection: DuckDBConnectionLike,
  query: string,
): Promise<{ planFingerprint?: string }> {
  try {
    return { planFingerprint: (await queryPlan(connection, query)).fingerprint };
  } catch {
    return {};
  }
}

async function policy(connection: DuckDBConnectionLike): Promise<string> {
  const rows = await queryRows(connection, "SELECT name, value FROM duckdb_settings() ORDER BY name");
  return sha256(
    rows.filter((row) => POLICY.includes(String(row["name"]))).map((row) => [row["name"], row["value"]]),
  );
}

function sha256(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}
