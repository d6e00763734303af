import { SpanKind, type Attributes, type HrTime, type Span } from "@opentelemetry/api";
import {
  activeContext,
  failSpan,
  guarded,
  pitotTracer,
  histogramSeries,
  redactText,
  type HistogramSeries,
} from "@pitot/core";
import * as names from "@pitot/semconv";
import type { StatementDescription } from "./describe-statement.ts";
import type { DuckDBResultLike } from "./duckdb-connection.ts";
import { withoutLiterals } from "./describe-statement.ts";

/** What all statements of one connection share. */
export interface StatementSettings {
  /** Show literals in `db.query.text` and in error messages. */
  readonly literals: boolean;
  /** `db.namespace`; undefined: not told. */
  readonly namespace: string | undefined;
  /** Of statements that succeed, by operation; there are a few dozen. */
  readonly durations: Map<string, HistogramSeries>;
}

const CHANGED_ROWS = 1;
const QUERY_RESULT = 3;
/** Statements that give rows, whatever they are. */
const READS: ReadonlySet<string> = new Set(["SELECT", "VALUES", "DESCRIBE", "SHOW", "SUMMARIZE"]);
/** `Catalog Error: …`: the engine's own class of error, of which it has about forty. */
const ERROR_CLASS = /^([A-Z][\w ]{0,40}? Error): /i;

/** The CLIENT span and the durations of one statement. Nothing of its own throws. */
export class StatementSpan {
  readonly span: Span;
  readonly #statement: StatementDescription;
  readonly #settings: StatementSettings;
  /** Undefined where the span itself tells what it took: clocks are not cheap. */
  readonly #started: number | undefined;
  #ended = false;

  constructor(
    statement: StatementDescription,
    sql: string,
    settings: StatementSettings,
    attributes?: Attributes,
  ) {
    this.#statement = statement;
    this.#settings = settings;
    const all: Attributes = {
      [names.ATTR_DB_SYSTEM_NAME]: "duckdb",
      [names.ATTR_DB_OPERATION_NAME]: statement.operation,
      [names.ATTR_DB_QUERY_SUMMARY]: statement.summary,
      [names.ATTR_DB_QUERY_TEXT]: settings.literals ? redactText(sql.slice(0, 4096)) : statement.text,
    };
    if (attributes !== undefined) Object.assign(all, attributes);
    if (statement.collection !== undefined) all[names.ATTR_DB_COLLECTION_NAME] = statement.collection;
    if (settings.namespace !== undefined) all[names.ATTR_DB_NAMESPACE] = settings.namespace;
    if (statement.statements > 1) all[names.ATTR_DB_OPERATION_BATCH_SIZE] = statement.statements;
    const options = { kind: SpanKind.CLIENT, attributes: all };
    this.span = pitotTracer().startSpan(statement.summary, options, activeContext());
    if (spanDuration(this.span) === undefined) this.#started = performance.now();
  }

  /** The statement has been run, and its rows are all there. */
  finish(result: DuckDBResultLike): void {
    // Each question to the result is a call into the engine: nobody asks for a span that is not kept.
    if (this.span.isRecording())
      guarded("duckdb.finish", () => {
        const type = READS.has(this.#statement.operation) ? QUERY_RESULT : result.returnType;
        if (type === QUERY_RESULT && result.rowCount !== undefined)
          this.span.setAttribute(names.ATTR_DB_RESPONSE_RETURNED_ROWS, result.rowCount);
        else if (type === CHANGED_ROWS)
          this.span.setAttribute(names.ATTR_QUERY_CHANGED_ROWS, result.rowsChanged);
      });
    this.end();
  }

  /** The statement has failed; its error goes on as it is. */
  fail(error: unknown): never {
    if (!this.#ended) {
      let type: string | undefined;
      guarded("duckdb.fail", () => {
        type = failSpan(this.span, this.#shown(error));
      });
      this.end(undefined, type ?? "Error");
    }
    throw error;
  }

  /** Ends span and durations, the first time only. */
  end(attributes?: Attributes, errorType?: string): void {
    if (this.#ended) return;
    this.#ended = true;
    guarded("duckdb.end", () => {
      if (attributes !== undefined) this.span.setAttributes(attributes);
      this.span.end();
      const seconds =
        this.#started === undefined ? spanDuration(this.span)! : (performance.now() - this.#started) / 1000;
      this.#durations(errorType).record(seconds);
    });
  }

  #durations(errorType: string | undefined): HistogramSeries {
    const { operation } = this.#statement;
    const { namespace, durations } = this.#settings;
    const known = errorType === undefined ? durations.get(operation) : undefined;
    if (known !== undefined) return known;
    const ours: Attributes = { [names.ATTR_DB_OPERATION_NAME]: operation };
    if (errorType !== undefined) ours[names.ATTR_ERROR_TYPE] = errorType;
    const client: Attributes = { ...ours, [names.ATTR_DB_SYSTEM_NAME]: "duckdb" };
    if (namespace !== undefined) client[names.ATTR_DB_NAMESPACE] = namespace;
    const made = histogramSeries({
      [names.METRIC_QUERY_DURATION]: ours,
      [names.METRIC_DB_CLIENT_OPERATION_DURATION]: client,
    });
    if (errorType === undefined) durations.set(operation, made);
    return made;
  }

  /** The error as the span may show it: DuckDB's messages quote the statement and the values that it could not convert. */
  #shown(error: unknown): unknown {
    if (!(error instanceof Error)) return error;
    const kind = ERROR_CLASS.exec(error.message)?.[1];
    if (this.#settings.literals && kind === undefined) return error;
    const message = this.#settings.literals
      ? error.message
      : withoutLiterals(
          error.message
            .split(/\n+LINE \d+:/)[0]!
            .split("\n")[0]!
            .slice(0, 1024),
        );
    const shown = new Error(message);
    shown.name = kind ?? error.name;
    shown.stack = `${shown.name}: ${message}\n${(error.stack ?? "")
      .split("\n")
      .filter((line) => /^\s+at /.test(line))
      .join("\n")}`;
    return shown;
  }
}

/** Seconds, of an ended span of the SDK; undefined of one that is not recorded, or of another implementation. */
function spanDuration(span: Span): number | undefined {
  const { duration } = span as { readonly duration?: HrTime };
  return duration === undefined ? undefined : duration[0] + duration[1] / 1e9;
}
