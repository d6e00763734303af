import { columnValue, type DictionaryColumn, type RecordColumn } from "@pitot/core";

/** Buffers of an Arrow utf8 column. */
export interface Utf8Buffers {
  readonly nullCount: number;
  /** Absent where there are no nulls. */
  readonly nullBitmap?: Uint8Array;
  readonly valueOffsets: Int32Array;
  readonly data: Uint8Array;
}

/**
 * Encodes the first `length` values of a column as utf8. Text that repeats (dictionaries) is encoded once and copied; text that does
 * not is encoded by one call for the whole column where it is ASCII. Lone surrogates become U+FFFD.
 */
export function utf8Column(values: RecordColumn | undefined, length: number): Utf8Buffers {
  if (values !== undefined && "codes" in values) return fromDictionary(values, length);
  return fromTexts(values, length);
}

const encodedValues = new WeakMap<readonly string[], Uint8Array[]>();

/** The values of a dictionary as bytes; it only ever grows, so that what is encoded stays. */
function encoded(values: readonly string[]): readonly Uint8Array[] {
  let all = encodedValues.get(values);
  if (all === undefined) encodedValues.set(values, (all = []));
  for (let i = all.length; i < values.length; i++) all.push(Buffer.from(values[i]!));
  return all;
}

function fromDictionary({ codes, values }: DictionaryColumn, length: number): Utf8Buffers {
  const bytes = encoded(values);
  const valueOffsets = new Int32Array(length + 1);
  const nulls = new NullBitmap(length);
  let end = 0;
  for (let i = 0; i < length; i++) {
    const code = codes[i]!;
    if (code < 0) nulls.add(i);
    else end += bytes[code]!.length;
    valueOffsets[i + 1] = end;
  }
  const data = new Uint8Array(end);
  for (let i = 0; i < length;) {
    const code = codes[i]!;
    let next = i + 1;
    while (next < length && codes[next] === code) next++;
    if (code >= 0) fill(data, valueOffsets[i]!, valueOffsets[next]!, bytes[code]!);
    i = next;
  }
  return { ...nulls.buffers(), valueOffsets, data };
}

/** Repeats `value` from `start` to `end`, doubling what is there. */
function fill(data: Uint8Array, start: number, end: number, value: Uint8Array): void {
  if (start === end) return;
  // For short text a loop beats the call of `set`.
  if (value.length <= 32) for (let k = 0; k < value.length; k++) data[start + k] = value[k]!;
  else data.set(value, start);
  for (let done = value.length; start + done < end; done *= 2)
    data.copyWithin(start + done, start, Math.min(start + done, end - done));
}

function fromTexts(values: RecordColumn | undefined, length: number): Utf8Buffers {
  const texts: string[] = [];
  const nulls = new NullBitmap(length);
  const valueOffsets = new Int32Array(length + 1);
  let end = 0;
  for (let i = 0; i < length; i++) {
    const value = values === undefined ? null : columnValue(values, i);
    if (value === null || value === undefined) nulls.add(i);
    else {
      const text = typeof value === "string" ? value : JSON.stringify(value);
      texts.push(text);
      end += text.length;
    }
    valueOffsets[i + 1] = end;
  }
  const data = Buffer.from(texts.join(""));
  if (data.length === end) return { ...nulls.buffers(), valueOffsets, data };
  return fromWideTexts(texts, valueOffsets, nulls);
}

/** Not all ASCII: lengths in bytes differ from lengths of the strings, and a surrogate pair must not be made by joining. */
function fromWideTexts(texts: readonly string[], lengths: Int32Array, nulls: NullBitmap): Utf8Buffers {
  const parts = texts.map((text) => Buffer.from(text));
  const valueOffsets = new Int32Array(lengths.length);
  for (let i = 1, part = 0; i < lengths.length; i++) {
    valueOffsets[i] = valueOffsets[i - 1]! + (nulls.has(i - 1) ? 0 : parts[part++]!.length);
  }
  return { ...nulls.buffers(), valueOffsets, data: Buffer.concat(parts) };
}

class NullBitmap {
  #count = 0;
  #bits: Uint8Array | undefined;
  readonly #length: number;

  constructor(length: number) {
    this.#length = length;
  }

  add(index: number): void {
    this.#bits ??= new Uint8Array(Math.ceil(this.#length / 8)).fill(255);
    this.#bits[index >> 3]! &= ~(1 << (index & 7));
    this.#count++;
  }

  has(index: number): boolean {
    return this.#bits !== undefined && (this.#bits[index >> 3]! & (1 << (index & 7))) === 0;
  }

  buffers(): { nullCount: number; nullBitmap?: Uint8Array } {
    return this.#bits === undefined ? { nullCount: 0 } : { nullCount: this.#count, nullBitmap: this.#bits };
  }
}
