import { DataType, type Data } from "apache-arrow";
import { BYTE_TYPES, byteColumn } from "./byte-column.ts";
import { codesOf } from "./dictionary-codes.ts";
import { bit } from "./validity.ts";

/** Lengths in bytes of text or binary values; of none, `min` is infinite and `max` -1. */
export class ByteLengths {
  min: number = Infinity;
  max = -1;
  total = 0;

  /** Adds the values of a chunk; those of a dictionary as often as rows refer to them; nothing of other types. */
  add(chunk: Data, words: Int32Array | undefined): void {
    if (DataType.isDictionary(chunk.type)) this.#addDictionary(chunk, words);
    if (!BYTE_TYPES.has(chunk.type.typeId)) return;
    const { offsets } = byteColumn(chunk);
    for (let i = 0; i < chunk.length; i++)
      if (words === undefined || bit(words, i) === 1) this.#add(offsets[i + 1]! - offsets[i]!, 1);
  }

  #addDictionary(chunk: Data, words: Int32Array | undefined): void {
    const times = new Float64Array(chunk.dictionary!.length);
    const codes = codesOf(chunk);
    for (let i = 0; i < chunk.length; i++)
      if (words === undefined || bit(words, i) === 1) times[codes[i]!]!++;
    let base = 0;
    for (const part of chunk.dictionary!.data as readonly Data[]) {
      if (BYTE_TYPES.has(part.type.typeId)) {
        const { offsets } = byteColumn(part);
        for (let i = 0; i < part.length; i++)
          if (times[base + i] !== 0) this.#add(offsets[i + 1]! - offsets[i]!, times[base + i]!);
      }
      base += part.length;
    }
  }

  #add(size: number, times: number): void {
    if (size < this.min) this.min = size;
    if (size > this.max) this.max = size;
    this.total += size * times;
  }
}
