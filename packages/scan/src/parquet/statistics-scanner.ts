import { BINARY, FALSE, I64, ThriftReader, TRUE } from "./thrift-compact-reader.ts";

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
      const header = bytes[pos++]!;
      const type = header & 15;
      if (type === 0) return;
      if (header > 15) id += header >>> 4;
      else {
        const reader = new ThriftReader(bytes, pos);
        id = reader.int();
        pos = reader.pos;
      }
      if (type === BINARY) {
        let length = bytes[pos++]!;
        if (length > 127) {
          const reader = new ThriftReader(bytes, pos - 1);
          length = reader.length();
          pos = reader.pos;
        }
        switch (id) {
          case 1:
            this.maxAt = pos;
            this.maxLength = length;
            break;
          case 2:
            this.minAt = pos;
            this.minLength = length;
            break;
          case 5:
            this.maxValueAt = pos;
            this.maxValueLength = length;
            break;
          case 6:
            this.minValueAt = pos;
            this.minValueLength = length;
            break;
          default:
        }
        pos += length;
      } else if (type === I64) {
        const byte = bytes[pos]!;
        let count: number;
        if (byte < 128) {
          count = (byte >>> 1) ^ -(byte & 1);
          pos++;
        } else {
          const reader = new ThriftReader(bytes, pos);
          count = reader.int();
          pos = reader.pos;
        }
        if (id === 3) this.nullCount = count;
        else if (id === 4) this.distinctCount = count;
        else if (id === 9) this.nanCount = count;
      } else if (type === TRUE || type === FALSE) {
        if (id === 7) this.isMaxValueExact = type === TRUE;
        else if (id === 8) this.isMinValueExact = type === TRUE;
      } else {
        const reader = new ThriftReader(bytes, pos);
        reader.skip(type);
        pos = reader.pos;
      }
    }
  }
}
