import type { DictionaryColumn, RecordColumn } from "@pitot/core";
import { textOf, valuesOf } from "./column-values.ts";

/** Look-ups kept; beyond them a text may stand in the dictionary twice, which Arrow allows, so that memory stays bounded. */
const MAX_LOOKUPS = 1 << 16;

interface Remap {
  /** Our code of each code of the source. */
  codes: Int32Array;
  known: number;
  /** True while both are the same, so that codes are copied as they are. */
  same: boolean;
}

/** The dictionary of one column of a stream: what has been written stays, what is new goes out as a delta with the next batch. */
export class ColumnDictionary {
  /** Values that no message holds yet. */
  pending: string[] = [];
  /** True once a first dictionary was written, which no delta can be. */
  started = false;
  #count = 0;
  readonly #codes = new Map<string, number>();
  readonly #remaps = new WeakMap<readonly string[], Remap>();

  /** The codes of a column, null as -1. The result may be the column's own array. */
  codesOf(values: RecordColumn | undefined, length: number): Int32Array {
    if (values === undefined) return new Int32Array(length).fill(-1);
    if ("codes" in values) return this.#remapped(values, length);
    const texts = valuesOf(values, length);
    const codes = new Int32Array(length);
    let last: unknown;
    let lastCode = -1;
    for (let i = 0; i < length; i++) {
      const value = texts[i];
      if (value !== last) {
        last = value;
        lastCode = value === null || value === undefined ? -1 : this.#code(textOf(value));
      }
      codes[i] = lastCode;
    }
    return codes;
  }

  /** What waited is on disk now. */
  commit(): void {
    this.pending = [];
    this.started = true;
  }

  /** These are written already, by whoever began the stream. */
  resume(values: Iterable<string>): void {
    this.started = true;
    for (const value of values) {
      if (this.#codes.size >= MAX_LOOKUPS) this.#codes.clear();
      this.#codes.set(value, this.#count++);
    }
  }

  #remapped({ codes, values }: DictionaryColumn, length: number): Int32Array {
    let remap = this.#remaps.get(values);
    if (remap === undefined) {
      remap = { codes: new Int32Array(values.length), known: 0, same: true };
      this.#remaps.set(values, remap);
    }
    if (remap.known < values.length) this.#extend(remap, values);
    if (remap.same) return codes;
    const ours = remap.codes;
    const result = new Int32Array(length);
    for (let i = 0; i < length; i++) {
      const code = codes[i]!;
      result[i] = code < 0 ? -1 : ours[code]!;
    }
    return result;
  }

  #extend(remap: Remap, values: readonly string[]): void {
    if (remap.codes.length < values.length) {
      const grown = new Int32Array(2 * values.length);
      grown.set(remap.codes);
      remap.codes = grown;
    }
    for (let i = remap.known; i < values.length; i++) {
      const code = this.#code(values[i]!);
      remap.codes[i] = code;
      if (code !== i) remap.same = false;
    }
    remap.known = values.length;
  }

  #code(text: string): number {
    let code = this.#codes.get(text);
    if (code === undefined) {
      if (this.#codes.size >= MAX_LOOKUPS) this.#codes.clear();
      code = this.#count++;
      this.#codes.set(text, code);
      this.pending.push(text);
    }
    return code;
  }
}
