import { makeData, RecordBatch, Struct, Table, Utf8, Int64, type Data } from "apache-arrow";
import { BLOCK_ROWS } from "./invalid-ids.ts";
import { textBuffers, type TextBuffers } from "./text-buffers.ts";
import { QUALITY_ORDINALS_SCHEMA, QUALITY_SCHEMA } from "./quality-schema.ts";

/** The constant columns of a check's rows. */
export interface QualityLabels {
  readonly entityKind: string;
  readonly issue: string;
  readonly sourceTable?: string;
}

const ZERO_TEXT = 0x30;
const UTF8 = new Utf8();

/**
 * Builds quality tables in batches of at most {@link BLOCK_ROWS} rows from buffers of its own. A constant column is encoded once, as plain utf8
 * of a whole batch, and all full batches share its buffers: a hundred million rows cost their ids alone.
 */
export class QualityBuilder {
  readonly #labels: readonly (string | undefined)[];
  readonly #ordinals: boolean;
  readonly #batches: RecordBatch[] = [];
  readonly #constants: (Data | undefined)[] = [];

  constructor({ entityKind, issue, sourceTable }: QualityLabels, ordinals: boolean) {
    this.#labels = [entityKind, issue, sourceTable];
    this.#ordinals = ordinals;
  }

  /** Rows of invalid ids, as an `IdKernel` finds them: `row` is the id "0", `~row` null. `firstRow` is the ordinal of row 0. */
  addInvalid(hits: Int32Array, count: number, firstRow: number): void {
    if (count === 0) return;
    this.#add(count, invalidIds(hits, count), (i) => firstRow + (hits[i]! < 0 ? ~hits[i]! : hits[i]!));
  }

  /** Rows of these ids. `ordinal(i)` is the row of the `i`-th in its table. */
  addTexts(ids: readonly (string | null)[], ordinal: (index: number) => number): void {
    for (let from = 0; from < ids.length; from += BLOCK_ROWS) {
      const part = ids.slice(from, from + BLOCK_ROWS);
      this.#add(part.length, textBuffers(part), (i) => ordinal(from + i));
    }
  }

  /** What has been added since the last call. */
  takeBatches(): RecordBatch[] {
    return this.#batches.splice(0);
  }

  #add(length: number, ids: TextBuffers, ordinal: (index: number) => number): void {
    const schema = this.#ordinals ? QUALITY_ORDINALS_SCHEMA : QUALITY_SCHEMA;
    const children: Data[] = [
      this.#constant(0, length),
      makeData({ type: UTF8, length, ...ids }),
      this.#constant(1, length),
      this.#constant(2, length),
    ];
    if (this.#ordinals)
      children.push(makeData({ type: new Int64(), length, nullCount: 0, data: ordinals(length, ordinal) }));
    this.#batches.push(
      new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length, nullCount: 0, children })),
    );
  }

  #constant(which: number, length: number): Data {
    const whole = this.#constants[which];
    if (whole?.length === length) return whole;
    const made = constantColumn(this.#labels[which], length);
    if (length === BLOCK_ROWS) this.#constants[which] = made;
    return made;
  }
}

/** One table of quality batches; an empty one of none. */
export function qualityTableOf(batches: readonly RecordBatch[], withOrdinals: boolean): Table {
  const schema = withOrdinals ? QUALITY_ORDINALS_SCHEMA : QUALITY_SCHEMA;
  return batches.length === 0 ? new Table(schema) : new Table(schema, batches as RecordBatch[]);
}

function constantColumn(text: string | undefined, length: number): Data {
  if (text === undefined)
    return makeData({
      type: UTF8,
      length,
      nullCount: length,
      nullBitmap: new Uint8Array((length + 7) >>> 3),
      valueOffsets: new Int32Array(length + 1),
      data: new Uint8Array(),
    });
  const bytes = Buffer.from(text);
  const size = bytes.length;
  const data = new Uint8Array(size * length);
  const valueOffsets = new Int32Array(length + 1);
  for (let i = 0; i < length; i++) valueOffsets[i + 1] = (i + 1) * size;
  data.set(bytes);
  for (let done = size; done > 0 && done < data.length; done *= 2)
    data.copyWithin(done, 0, Math.min(done, data.length - done));
  return makeData({ type: UTF8, length, nullCount: 0, valueOffsets, data });
}

const zeros = new Uint8Array(BLOCK_ROWS).fill(ZERO_TEXT);
const steps = Int32Array.from({ length: BLOCK_ROWS + 1 }, (_, i) => i);

function invalidIds(hits: Int32Array, length: number): TextBuffers {
  let nulls = 0;
  for (let i = 0; i < length; i++) nulls += hits[i]! >>> 31;
  if (nulls === 0)
    return { nullCount: 0, valueOffsets: steps.subarray(0, length + 1), data: zeros.subarray(0, length) };
  const nullBitmap = new Uint8Array((length + 7) >>> 3);
  const valueOffsets = new Int32Array(length + 1);
  let end = 0;
  for (let i = 0; i < length; i++) {
    const present = (hits[i]! >>> 31) ^ 1;
    nullBitmap[i >>> 3]! |= present << (i & 7);
    end += present;
    valueOffsets[i + 1] = end;
  }
  return { nullCount: nulls, nullBitmap, valueOffsets, data: zeros.subarray(0, end) };
}

function ordinals(length: number, ordinal: (index: number) => number): BigInt64Array {
  const result = new BigInt64Array(length);
  const halves = new Uint32Array(result.buffer);
  for (let i = 0; i < length; i++) {
    const value = ordinal(i);
    halves[2 * i] = value >>> 0;
    halves[2 * i + 1] = Math.floor(value / 2 ** 32);
  }
  return result;
}
