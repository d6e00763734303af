/** Which run or session has a span or log record, and as which of its rows. */
export interface RowPlace {
  readonly scopeId: string;
  /** Its ordinal in the table: by it the ledger knows the row. */
  readonly seq: number;
}

const BATCH_ROWS = 512;
const BATCH_TEXT = 1 << 20;

/** Rows that wait, and the ordinal of the first of them. */
interface Waiting<Row> {
  readonly first: number;
  readonly rows: Row[];
  text: number;
}

/** Rows of one table that wait for their batch, by the run or session that has them. */
export class WaitingRows<Row> {
  readonly #waiting = new Map<string, Waiting<Row>>();
  readonly #next = new Map<string, number>();

  /**
   * @param text how much text the row has
   * @returns the row's ordinal, and whether the scope's rows are enough for a batch
   */
  add(scopeId: string, row: Row, text: number): { seq: number; full: boolean } {
    const seq = this.#next.get(scopeId) ?? 0;
    this.#next.set(scopeId, seq + 1);
    let waiting = this.#waiting.get(scopeId);
    if (waiting === undefined) this.#waiting.set(scopeId, (waiting = { first: seq, rows: [], text: 0 }));
    waiting.rows.push(row);
    waiting.text += text;
    return { seq, full: waiting.rows.length >= BATCH_ROWS || waiting.text >= BATCH_TEXT };
  }

  /** The rows of a scope, which do not wait any more. */
  take(scopeId: string): { readonly first: number; readonly rows: readonly Row[] } | undefined {
    const waiting = this.#waiting.get(scopeId);
    this.#waiting.delete(scopeId);
    return waiting;
  }

  /** No row of this scope follows. */
  forget(scopeId: string): void {
    this.#next.delete(scopeId);
  }

  scopes(): Iterable<string> {
    return this.#waiting.keys();
  }
}
