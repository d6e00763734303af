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

/** Where a row belongs, and what writes rows there. */
export interface OpenSpanTarget {
  /** The run or session in whose folder a row is written. */
  scopeOf(row: SpanRow): string;
  /** False where the disk has not taken them. */
  write(scopeId: string, rows: readonly SpanRow[]): boolean;
  /** Told of a span that could not be read, or ended: code of others is in it. */
  failed(error: unknown): void;
}

/** Rows of one turn of the event loop; what is over waits for the next. */
const MOST_ROWS = 2048;
/** A span that somebody forgot to end must not stay in memory for ever. */
const MOST_SPANS = 50_000;

/** The spans of a process that have begun and not ended: written as they are, so that they are on disk, unfinished, should it die. */
export class OpenSpans {
  readonly #target: OpenSpanTarget;
  readonly #entries = new Map<string, Entry>();
  /** Ids of open spans that are not in memory any more. */
  readonly #forgotten = new Set<string>();
  /** The next turn's part of {@link OpenSpans.writeInTurns}. */
  #turn: NodeJS.Immediate | undefined;

  constructor(target: OpenSpanTarget) {
    this.#target = target;
  }

  started(span: OpenSpan): void {
    if (this.#entries.size >= MOST_SPANS)
      for (const [oldest] of this.#entries) {
        this.#entries.delete(oldest);
        this.#forgotten.add(oldest);
        break;
      }
    this.#entries.set(span.spanId, { span, scope: undefined, version: -1 });
  }

  ended(spanId: string): void {
    if (!this.#entries.delete(spanId)) this.#forgotten.delete(spanId);
  }

  /** The folder of a run or session is closed, or has lost what it had: what is open still has to be written. */
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
    for (const { span } of [...this.#entries.values()].reverse())
      try {
        span.abort();
      } catch (error) {
        this.#target.failed(error);
      }
    const { size } = this.#forgotten;
    this.#entries.clear();
    this.#forgotten.clear();
    return size;
  }

  /** Writes a span that has just started. */
  writeOne(spanId: string): void {
    const entry = this.#entries.get(spanId);
    if (entry === undefined) return;
    const written = this.#rowOf(entry, entry.span.version());
    if (written !== undefined) this.#write(written.scope, [written.row]);
  }

  /** Writes all that have grown since they were written, unless the disk fails. */
  writeAll(): void {
    while (this.#writeSome());
  }

  /** The same, in turns of the event loop: thousands at once would hold the pipeline up. */
  writeInTurns(): void {
    clearImmediate(this.#turn);
    this.#turn = this.#writeSome() ? setImmediate(() => this.writeInTurns()) : undefined;
  }

  /** What waits for its turn is not written. */
  stop(): void {
    clearImmediate(this.#turn);
    this.#turn = undefined;
  }

  /** Whether more can be written now. */
  #writeSome(): boolean {
    const rows = new Map<string, SpanRow[]>();
    let more = false;
    let count = 0;
    for (const entry of this.#entries.values()) {
      const version = entry.span.version();
      if (version === entry.version) continue;
      more = ++count > MOST_ROWS;
      if (more) break;
      const written = this.#rowOf(entry, version);
      if (written === undefined) continue;
      const ofScope = rows.get(written.scope);
      if (ofScope === undefined) rows.set(written.scope, [written.row]);
      else ofScope.push(written.row);
    }
    // On a disk that fails the rest would fail at once, turn by turn: it waits for the next time.
    for (const [scope, ofScope] of rows) more = this.#write(scope, ofScope) && more;
    return more;
  }

  #write(scope: string, rows: readonly SpanRow[]): boolean {
    const taken = this.#target.write(scope, rows);
    if (!taken) this.forget(scope);
    return taken;
  }

  /** Undefined where the span cannot be read: it is tried again once it has grown. */
  #rowOf(entry: Entry, version: number): { scope: string; row: SpanRow } | undefined {
    entry.version = version;
    try {
      const row = entry.span.row();
      entry.scope = this.#target.scopeOf(row);
      return { scope: entry.scope, row };
    } catch (error) {
      this.#target.failed(error);
      return undefined;
    }
  }
}
