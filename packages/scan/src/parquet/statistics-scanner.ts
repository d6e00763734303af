import { BINARY, FALSE, I64, ThriftReader, TRUE } from "./thrift-compact-reader.ts";

// The types that statistics are made of.
const KNOWN: readonly boolean[] = Array.from({ length: 16 }, (_, type) =>
  [BINARY, I64, TRUE, FALSE].includes(type),
);

/**
 * Goes over the statistics of a column chunk and notes where their bounds lie, without making an object of any: a scan plan reads them for
 * each chunk of each file. The footer's reader has checked their structure. A length of -1 is an absent bound, a count of -1 an absent count.
 */
export class StatisticsScanner {
  /** Of files before Parquet 2.4: in the signed order of bytes or numbers. */
  maxAt = 0;
  maxLength = -1;
  minAt = 0;
  minLength = -1;
  nullCount = -1;
  distinctCount = -1;
  /** In the column's order. */
  maxValueAt = 0;
  maxValueLength = -1;
  minValueAt = 0;
  minValueLength = -1;
  isMaxValueExact: boolean | undefined = undefined;
  isMinValueExact: boolean | undefined = undefined;
  nanCount = -1;

  /** Goes over the struct at `start`. Throws INVALID_DATA. */
  scan(bytes: Uint8Array, start: number): void {
    this.maxLength = -1;
    this.minLength = -1;
    this.nullCount = -1;
    this.distinctCount = -1;
    this.maxValueLength = -1;
    this.minValueLength = -1;
    this.isMaxValueExact = undefined;
    this.isMinValueExact = undefined;
    this.nanCount = -1;
    let pos = start;
    let id = 0;
    for (;;) {
      const header = bytes[pos]!;
      if (header === 0) return;
      const type = header & 15;
      const next = bytes[pos + 1]!;
      if (header < 16 || (type === BINARY && next > 127) || (type === I64 && next > 127) || !KNOWN[type]) {
        // Long bounds, large counts and fields of newer versions.
        const reader = new ThriftReader(bytes, pos);
        if (!reader.field(id)) return;
        id = reader.id;
        if (type === BINARY) {
          const length = reader.length();
          this.#bound(id, reader.pos, length);
          pos = reader.pos + length;
        } else {
          if (type === I64) this.#count(id, reader.int());
          else if (type === TRUE || type === FALSE) this.#flag(id, type === TRUE);
          else reader.skip(type);
          pos = reader.pos;
        }
        continue;
      }
      id += header >>> 4;
      if (type === BINARY) {
        this.#bound(id, pos + 2, next);
        pos += 2 + next;
      } else if (type === I64) {
        this.#count(id, (next >>> 1) ^ -(next & 1));
        pos += 2;
      } else {
        this.#flag(id, type === TRUE);
        pos++;
      }
    }
  }

  #bound(id: number, at: number, length: number): void {
    if (id === 5) {
      this.maxValueAt = at;
      this.maxValueLength = length;
    } else if (id === 6) {
      this.minValueAt = at;
      this.minValueLength = length;
    } else if (id === 1) {
      this.maxAt = at;
      this.maxLength = length;
    } else if (id === 2) {
      this.minAt = at;
      this.minLength = length;
    }
  }

  #count(id: number, count: number): void {
    if (id === 3) this.nullCount = count;
    else if (id === 4) this.distinctCount = count;
    else if (id === 9) this.nanCount = count;
  }

  #flag(id: number, flag: boolean): void {
    if (id === 7) this.isMaxValueExact = flag;
    else if (id === 8) this.isMinValueExact = flag;
  }
}
