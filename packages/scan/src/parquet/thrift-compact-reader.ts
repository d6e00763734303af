import { PitotError } from "@pitot/core";
import { shortAscii, utf8 } from "./text-of-bytes.ts";

/** Types of fields in the compact protocol; `TRUE` and `FALSE` are booleans whose value is their type. */
export const TRUE = 1;
export const FALSE = 2;
export const I8 = 3;
export const I16 = 4;
export const I32 = 5;
export const I64 = 6;
const DOUBLE = 7;
export const BINARY = 8;
export const LIST = 9;
const SET = 10;
const MAP = 11;
export const STRUCT = 12;

// Parquet nests 6 structs deep; a schema is a flat list.
const DEPTH = 32;

/** A field whose meaning is not known, or whose value would not come back the same, as it stands in the file. */
export interface RawField {
  readonly id: number;
  /** Type of the compact protocol. */
  readonly type: number;
  /** The value, without the field's header; empty for booleans. */
  readonly bytes: Uint8Array;
}

/**
 * A cursor over Thrift's compact protocol that trusts nothing: each length is checked against the bytes left, each element of a list takes at
 * least one byte, varints end within 10 bytes, and values nest at most 32 deep. So its work is linear in the bytes. What breaks a rule is a
 * `PitotError` INVALID_DATA.
 *
 * Source: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */
export class ThriftReader {
  readonly bytes: Uint8Array;
  readonly end: number;
  pos: number;
  /** Id and type of the field that {@link field} came to. */
  id = 0;
  type = 0;

  constructor(bytes: Uint8Array, start = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.pos = start;
    this.end = end;
  }

  /** Goes to the next field of a struct: false at its end. `previous` is the id of the field before, 0 at first. */
  field(previous: number): boolean {
    const header = this.byte();
    const type = header & 15;
    if (type === 0) return false;
    this.type = type;
    const delta = header >>> 4;
    if (delta === 0) this.id = this.int();
    else this.id = previous + delta;
    if (type > STRUCT) this.fail("A field has a type that is none", type);
    return true;
  }

  byte(): number {
    if (this.pos >= this.end) this.fail("The metadata end within a value", this.pos);
    return this.bytes[this.pos++]!;
  }

  /** An unsigned number of at most 53 bits. */
  varint(): number {
    const { bytes, end } = this;
    let pos = this.pos;
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 10; i++) {
      if (pos >= end) this.fail("The metadata end within a number", pos);
      const byte = bytes[pos++]!;
      value += (byte & 127) * scale;
      if (byte < 128) {
        if (value > Number.MAX_SAFE_INTEGER) break;
        this.pos = pos;
        return value;
      }
      scale *= 128;
    }
    this.fail("A number has more than 53 bits", this.pos);
  }

  /** A signed number of at most 53 bits, whatever the width of its type. */
  int(): number {
    const { bytes } = this;
    // Almost all are one or two bytes.
    const first = bytes[this.pos]!;
    if (first < 128 && this.pos < this.end) {
      this.pos++;
      return (first >>> 1) ^ -(first & 1);
    }
    return this.#longInt();
  }

  #longInt(): number {
    const { bytes, end } = this;
    let pos = this.pos;
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      if (pos >= end) this.fail("The metadata end within a number", pos);
      const byte = bytes[pos++]!;
      low |= (byte & 127) << shift;
      if (byte < 128) {
        this.pos = pos;
        return (low >>> 1) ^ -(low & 1);
      }
    }
    let high = 0;
    let scale = 1;
    for (let i = 4; i < 10; i++) {
      if (pos >= end) this.fail("The metadata end within a number", pos);
      const byte = bytes[pos++]!;
      high += (byte & 127) * scale;
      if (byte < 128) {
        // Zigzag: half of it, and one less below zero for odd ones.
        const half = high * 2 ** 27 + (low >>> 1);
        if (half > Number.MAX_SAFE_INTEGER - (low & 1)) this.fail("A number has more than 53 bits", this.pos);
        this.pos = pos;
        return (low & 1) === 0 ? half : -half - 1;
      }
      scale *= 128;
    }
    this.fail("A number does not end within 10 bytes", this.pos);
  }

  /** Length of a text or of bytes that follow, all of them there. */
  length(): number {
    const length = this.varint();
    if (length > this.end - this.pos) this.fail("A text is longer than the bytes left", length);
    return length;
  }

  /** Text in UTF-8; a byte that is none reads as U+FFFD. */
  text(): string {
    const length = this.length();
    const start = this.pos;
    this.pos += length;
    return shortAscii(this.bytes, start, length) ?? utf8(this.bytes, start, length);
  }

  /** Bytes, as a view of the metadata. */
  binary(): Uint8Array {
    const length = this.length();
    const start = this.pos;
    this.pos += length;
    return this.bytes.subarray(start, this.pos);
  }

  /** Goes into a list: how many elements of what type. Types of booleans are as the elements are. */
  list(): { size: number; type: number } {
    const header = this.byte();
    const short = header >>> 4;
    const size = short === 15 ? this.varint() : short;
    if (size > this.end - this.pos) this.fail("A list has more elements than there are bytes", size);
    return { size, type: header & 15 };
  }

  /** The size of a list of `type`; other types are refused. */
  listOf(type: number): number {
    const list = this.list();
    if (list.size > 0 && list.type !== type) this.fail("A list has elements of another type", list.type);
    return list.size;
  }

  /** Steps over a value. */
  skip(type: number, depth = 0): void {
    switch (type) {
      case TRUE:
      case FALSE:
        return;
      case I8:
        this.#advance(1);
        return;
      case I16:
      case I32:
      case I64:
        this.#skipVarint();
        return;
      case DOUBLE:
        this.#advance(8);
        return;
      case BINARY:
        this.#advance(this.length());
        return;
      case STRUCT:
        this.skipStruct(depth + 1);
        return;
      case LIST:
      case SET: {
        const { size, type: element } = this.list();
        this.#deeper(depth);
        for (let i = 0; i < size; i++) this.#skipElement(element, depth + 1);
        return;
      }
      case MAP: {
        const size = this.varint();
        if (size === 0) return;
        if (size > this.end - this.pos) this.fail("A map has more entries than there are bytes", size);
        const types = this.byte();
        this.#deeper(depth);
        for (let i = 0; i < size; i++) {
          this.#skipElement(types >>> 4, depth + 1);
          this.#skipElement(types & 15, depth + 1);
        }
        return;
      }
      default:
        this.fail("A value has a type that is none", type);
    }
  }

  /** Steps over the fields of a struct that was entered, to its end. */
  skipStruct(depth = 0): void {
    this.#deeper(depth);
    for (;;) {
      const header = this.byte();
      const type = header & 15;
      if (type === 0) return;
      if (header < 16) this.#skipVarint();
      this.skip(type, depth);
    }
  }

  /** The current field as it stands. */
  raw(): RawField {
    const { id, type } = this;
    const start = this.pos;
    this.skip(type);
    return { id, type, bytes: this.bytes.subarray(start, this.pos) };
  }

  /** Throws INVALID_DATA. */
  fail(problem: string, value: unknown): never {
    throw new PitotError("INVALID_DATA", `${problem}, at byte ${this.pos} of the metadata`, {
      value,
      remedy: "Check that the file is a complete Parquet file",
    });
  }

  #skipElement(type: number, depth: number): void {
    // A boolean is a byte of its own in a list, where a field has it in its header.
    if (type === TRUE || type === FALSE) this.#advance(1);
    else this.skip(type, depth);
  }

  #skipVarint(): void {
    const { bytes, end } = this;
    let pos = this.pos;
    const last = pos + 10;
    for (;;) {
      if (pos >= end) this.fail("The metadata end within a number", pos);
      if (bytes[pos++]! < 128) break;
      if (pos === last) this.fail("A number does not end within 10 bytes", pos);
    }
    this.pos = pos;
  }

  #advance(count: number): void {
    if (count > this.end - this.pos) this.fail("The metadata end within a value", this.pos);
    this.pos += count;
  }

  #deeper(depth: number): void {
    if (depth > DEPTH) this.fail("Values are nested too deeply", depth);
  }
}
