/** A log record as the `logs` table has it; what is nested as JSON text. */
export interface LogRow {
  readonly time_unix_nano: bigint;
  readonly observed_time_unix_nano: bigint;
  /** 1 (TRACE) to 24 (FATAL4). */
  readonly severity_number: number | null;
  readonly severity_text: string | null;
  readonly event_name: string | null;
  readonly body: string | null;
  readonly attributes: string;
  readonly service_name: string | null;
  readonly scope_name: string | null;
  readonly dropped_attributes_count: number;
  readonly run_id: string | null;
  readonly trace_id: string | null;
  readonly span_id: string | null;
}

const BATCH_ROWS = 512;
const BATCH_TEXT = 1 << 20;

/** Log rows that wait for their batch, by the run or session that has them. */
export class WaitingLogs {
  readonly #waiting = new Map<string, { rows: LogRow[]; text: number }>();

  /** @returns true where the scope's rows are enough for a batch */
  add(scopeId: string, row: LogRow): boolean {
    let waiting = this.#waiting.get(scopeId);
    if (waiting === undefined) this.#waiting.set(scopeId, (waiting = { rows: [], text: 0 }));
    waiting.rows.push(row);
    waiting.text += row.attributes.length + (row.body?.length ?? 0);
    return waiting.rows.length >= BATCH_ROWS || waiting.text >= BATCH_TEXT;
  }

  /** The rows of a scope, which do not wait any more. */
  take(scopeId: string): readonly LogRow[] {
    const rows = this.#waiting.get(scopeId)?.rows ?? [];
    this.#waiting.delete(scopeId);
    return rows;
  }

  scopes(): Iterable<string> {
    return this.#waiting.keys();
  }
}

/** Log rows as columns. */
export function logColumns(rows: readonly LogRow[]): Record<keyof LogRow, unknown[]> {
  const names = Object.keys(rows[0] ?? {}) as (keyof LogRow)[];
  return Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name])])) as never;
}
