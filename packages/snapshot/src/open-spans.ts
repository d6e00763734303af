import type { SpanRow } from "./span-row.ts";

/** A span that has not ended. */
export interface OpenSpan {
  readonly spanId: string;
  /** The run that begins with this span: its folder is about to be made, and is the span's. */
  readonly opensRun?: string | undefined;
  /** Grows with what the span holds, so that it is written again only when there is more to tell. */
  version(): number;
  /** The span as it is now. */
  row(): SpanRow;
  /** Ends it as aborted. */
  abort(): void;
}

interface Entry {
  readonly span: OpenSpan;
  /** The run or session in whose folder it is written; undefined before the first time. */
  scope: string | undefined;
  version: number;
}

/** Rows of one turn of the event loop; what is over waits for the next. */
const MOST_ROWS = 2048;
/** A span that somebody forgot to end must not stay in memory for ever. */
const MOST_SPANS = 50_000;

/** The spans of a process that have begun and not ended. */
export class OpenSpans {
  readonly #entries = new Map<string, Entry>();
  /** Ids of open spans that are not in memory any more. */
  readonly #forgotten = new Set<string>();

  started(span: OpenSpan): void {
    if (this.#entries.size >= MOST_SPANS)
      for (const [oldest] of this.#entries) {
        this.#entries.delete(oldest);
        this.#forgotten.add(oldest);
        break;
      }
    this.#entries.set(span.spanId, { span, scope: undefined, version: -1 });
  }

  /** The row of a span that has just started, and where it belongs: for those who write each at once. */
  takeOne(spanId: string, scopeOf: (row: SpanRow) => string): { scope: string; row: SpanRow } | undefined {
    const entry = this.#entries.get(spanId);
    return entry && written(entry, entry.span.version(), scopeOf);
  }

  ended(spanId: string): void {
    if (!this.#entries.delete(spanId)) this.#forgotten.delete(spanId);
  }

  /** The folder of a run or session is closed: what is open still has to be written elsewhere. */
  forget(scope: string): void {
    for (const entry of this.#entries.values())
      if (entry.scope === scope) {
        entry.scope = undefined;
        entry.version = -1;
      }
  }

  /**
   * Ends all: the process ends. Innermost first, so that no parent ends before its children.
   * @returns how many could not be ended, since they were too many to be remembered
   */
  abort(): number {
    for (const { span } of [...this.#entries.values()].reverse()) span.abort();
    const { size } = this.#forgotten;
    this.#entries.clear();
    this.#forgotten.clear();
    return size;
  }

  /** Rows to be written, by run or session: of spans that have grown since they were written; and whether there are more of them. */
  take(scopeOf: (row: SpanRow) => string): { rows: Map<string, SpanRow[]>; more: boolean } {
    const rows = new Map<string, SpanRow[]>();
    let count = 0;
    for (const entry of this.#entries.values()) {
      const version = entry.span.version();
      if (version === entry.version) continue;
      if (++count > MOST_ROWS) return { rows, more: true };
      const row = written(entry, version, scopeOf);
      const ofScope = rows.get(row.scope);
      if (ofScope === undefined) rows.set(row.scope, [row.row]);
      else ofScope.push(row.row);
    }
    return { rows, more: false };
  }
}

function written(
  entry: Entry,
  version: number,
  scopeOf: (row: SpanRow) => string,
): { scope: string; row: SpanRow } {
  const row = entry.span.row();
  const scope = scopeOf(row);
  entry.scope = scope;
  entry.version = version;
  return { scope, row };
}
