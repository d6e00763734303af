import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { activeRun, guarded, type DiagnosticsSink } from "@pitot/core";
import { ATTR_PLAN_FINGERPRINT, ATTR_QUERY_CPU_TIME, ATTR_QUERY_ROWS_SCANNED } from "@pitot/semconv";
import { describeStatement } from "./describe-statement.ts";
import { queryRows, type DuckDBConnectionLike, type DuckDBPreparedLike } from "./duckdb-connection.ts";
import type { ObserveDuckDBOptions } from "./observe-options.ts";
import { operatorProfile } from "./operator-profile.ts";
import { parquetScans, queryPlan, type ParquetScan } from "./query-plan.ts";
import { recordPrepared, recordProfile, recordQueryPlan } from "./record-duckdb.ts";
import type { StatementSpan } from "./statement-span.ts";
import { statementTokens } from "./statement-tokens.ts";

const PLANNABLE = /^(?:SELECT|INSERT|UPDATE|DELETE|MERGE|VALUES|COPY|CREATE TABLE)$/;
const UNCHANGING = /^(?:SELECT|INSERT|UPDATE|DELETE|MERGE|VALUES|COPY|EXPLAIN|DESCRIBE|SHOW|BEGIN|COMMIT)\b/;
const KEPT = 1000;

/** What is told of statements beyond their spans: plans, profiles, what was prepared. Never throws into a statement. */
export class StatementDetails {
  readonly #bare: DuckDBConnectionLike;
  readonly #options: ObserveDuckDBOptions;
  readonly #plans = new Map<string, { fingerprint: string; scans: readonly ParquetScan[] } | undefined>();
  readonly #prepared = new WeakMap<object, Set<string>>();
  #folder: string | undefined;
  /** With profiling: the statement before. DuckDB runs one at a time on a connection and writes one file for all. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(bare: DuckDBConnectionLike, options: ObserveDuckDBOptions) {
    this.#bare = bare;
    this.#options = options;
  }

  static of(bare: DuckDBConnectionLike, options: ObserveDuckDBOptions): StatementDetails | undefined {
    const wanted = options.plans === true || options.profile === true || options.preparedStatements !== false;
    return wanted ? new StatementDetails(bare, options) : undefined;
  }

  /** True where statements need something before or after them. */
  get active(): boolean {
    return this.#options.plans === true || this.#options.profile === true;
  }

  async around<T>(
    sql: string,
    values: unknown,
    types: unknown,
    statement: StatementSpan,
    run: () => Promise<T>,
  ): Promise<T> {
    const whole = async (): Promise<T> => {
      await this.explain(sql, values, types, statement);
      await this.#enableProfiling();
      return run();
    };
    if (this.#options.profile !== true) return whole();
    const turn = this.#last.then(whole, whole);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** Puts the plan's fingerprint on the span, and records the plan of a text that is new. */
  async explain(sql: string, values: unknown, types: unknown, statement: StatementSpan): Promise<void> {
    if (this.#options.plans !== true) return;
    try {
      const { text, operation, statements } = describeStatement(sql);
      // What these change may change any plan.
      if (!UNCHANGING.test(operation)) this.#plans.clear();
      if (statements !== 1 || !PLANNABLE.test(operation)) return;
      if (!this.#plans.has(text)) await this.#plan(sql, text, values, types);
      const known = this.#plans.get(text);
      if (known === undefined) return;
      statement.span.setAttribute(ATTR_PLAN_FINGERPRINT, known.fingerprint);
      const hook = this.#options.onParquetScan;
      if (hook !== undefined)
        for (const scan of known.scans)
          guarded("duckdb.onParquetScan", () => hook(scan, { sql, span: statement.span }));
    } catch {
      // What cannot be planned fails by itself when it runs.
    }
  }

  async #plan(sql: string, text: string, values: unknown, types: unknown): Promise<void> {
    if (this.#plans.size >= KEPT) this.#plans.clear();
    // Set first: of statements at once, one explains.
    this.#plans.set(text, undefined);
    // A parameter without its value has no plan, and a failed EXPLAIN is no statement to send into a transaction.
    if (values === undefined && statementTokens(sql).some(({ kind }) => kind === "parameter")) return;
    try {
      const plan = await queryPlan(this.#bare, sql, values, types);
      this.#plans.set(text, { fingerprint: plan.fingerprint, scans: parquetScans(plan.operators) });
      const sink = this.#sink();
      if (sink !== undefined) recordQueryPlan(sink, text, plan);
    } catch (error) {
      this.#plans.delete(text);
      throw error;
    }
  }

  /** Reads the profile of the statement that has just run. */
  profiled(sql: string, statement: StatementSpan): void {
    const folder = this.#folder;
    if (folder === undefined) return;
    guarded("duckdb.profile", () => {
      const profile = operatorProfile(readFileSync(join(folder, "profile.json"), "utf8"));
      // The file is the last statement's: of several in one text, the last.
      if (profile.query.trim() !== "" && !sql.includes(profile.query.trim().replace(/;$/, ""))) return;
      statement.span.setAttributes({
        [ATTR_QUERY_CPU_TIME]: profile.cpuSeconds,
        [ATTR_QUERY_ROWS_SCANNED]: profile.rowsScanned,
      });
      const sink = this.#sink();
      if (sink !== undefined) recordProfile(sink, describeStatement(sql).text, profile);
    });
  }

  prepared(sql: string, prepared: DuckDBPreparedLike): void {
    if (this.#options.preparedStatements === false) return;
    guarded("duckdb.prepared", () => {
      const sink = this.#sink();
      if (sink === undefined) return;
      let told = this.#prepared.get(sink);
      if (told === undefined) this.#prepared.set(sink, (told = new Set()));
      const { text, summary } = describeStatement(sql);
      if (told.has(text) || told.size >= KEPT) return;
      told.add(text);
      const types = Array.from({ length: prepared.parameterCount }, (_, i) =>
        String(prepared.parameterType(i + 1)),
      );
      recordPrepared(sink, {
        name: summary,
        sql: this.#options.literals === true ? sql : text,
        parameterTypes: types,
      });
    });
  }

  close(): void {
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
    this.#folder = undefined;
  }

  #sink(): DiagnosticsSink | undefined {
    return this.#options.sink ?? activeRun();
  }

  async #enableProfiling(): Promise<void> {
    if (this.#options.profile !== true || this.#folder !== undefined) return;
    try {
      const folder = mkdtempSync(join(tmpdir(), "pitot-duckdb-"));
      const file = join(folder, "profile.json").replaceAll("'", "''");
      // In this order: the file's extension must be the format's.
      await queryRows(this.#bare, "SET enable_profiling = 'json'");
      await queryRows(this.#bare, `SET profiling_output = '${file}'`);
      this.#folder = folder;
    } catch (error) {
      guarded("duckdb.profile", () => {
        throw error;
      });
    }
  }
}
