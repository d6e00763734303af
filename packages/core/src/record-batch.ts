/** The snapshot's tables that records land in. */
export type RecordKind =
  | "event"
  | "artifact"
  | "metric"
  | "quality"
  | "scan_telemetry"
  | "dataset_stats"
  | "column_stats";

/** Text that repeats: `codes[i]` indexes `values`, -1 is null; may be longer than the batch. `values` only ever grows. */
export interface DictionaryColumn {
  readonly codes: Int32Array;
  readonly values: readonly string[];
  /** Nulls among the batch's rows, where it is known: who does not give it makes the encoder count. */
  readonly nullCount?: number;
}

/**
 * Texts one after another in one string: row `i` ends at `ends[i]`, in UTF-16 units. What is cheapest to append to, and encoded by one
 * call. Stands until the writer it was handed to returns.
 */
export interface JoinedTexts {
  readonly length: number;
  readonly text: string;
  readonly ends: Int32Array;
  readonly nullCount: number;
  /** Bit `i` is 0 where row `i` is null (Arrow's validity bitmap); undefined where none is. */
  readonly validity: Uint8Array | undefined;
}

/** Anything that yields the value of row `i`; an Arrow vector is one. */
export interface GettableColumn {
  readonly length: number;
  get(index: number): unknown;
}

/** One column of a batch. */
export type RecordColumn =
  | readonly unknown[]
  | Float64Array
  | BigInt64Array
  | Int32Array
  | DictionaryColumn
  | JoinedTexts
  | GettableColumn;

/**
 * Records of one kind on their way to storage, by column, so that rows never become objects. Always has
 * `trace_id`, `span_id` (dictionaries, null outside a span), `time_unix_nano` and `seq` beside its own columns.
 */
export interface RecordBatch {
  readonly kind: RecordKind;
  readonly length: number;
  readonly columns: Readonly<Record<string, RecordColumn>>;
}

/** The value of row `index` of any column. */
export function columnValue(column: RecordColumn, index: number): unknown {
  if ("codes" in column) {
    const code = column.codes[index];
    return code === undefined || code < 0 ? null : column.values[code];
  }
  if ("ends" in column) {
    const { text, ends, validity } = column;
    if (validity !== undefined && (validity[index >> 3]! & (1 << (index & 7))) === 0) return null;
    return text.slice(index === 0 ? 0 : ends[index - 1], ends[index]);
  }
  if ("get" in column) return column.get(index);
  return column[index];
}
