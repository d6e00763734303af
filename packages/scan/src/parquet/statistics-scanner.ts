import { BINARY, FALSE, I64, type ThriftReader, TRUE } from "./thrift-compact-reader.ts";

/**
 * Goes over the statistics of a column chunk and notes where their bounds lie, without making an object of any: a scan plan reads them for
 * each chunk of each file. A length of -1 is an absent bound, a count of -1 an absent count.
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

  /** Goes over the struct at the reader's place. Throws INVALID_DATA. */
  scan(reader: ThriftReader): void {
    this.maxLength = -1;
    this.minLength = -1;
    this.nullCount = -1;
    this.distinctCount = -1;
    this.maxValueLength = -1;
    this.minValueLength = -1;
    this.isMaxValueExact = undefined;
    this.isMinValueExact = undefined;
    this.nanCount = -1;
    let id = 0;
    while (reader.field(id)) {
      id = reader.id;
      const { type } = reader;
      if (type === BINARY) {
        const length = reader.length();
        const at = reader.pos;
        reader.pos = at + length;
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
      } else if (type === I64) {
        const count = reader.int();
        if (id === 3) this.nullCount = count;
        else if (id === 4) this.distinctCount = count;
        else if (id === 9) this.nanCount = count;
      } else if (type === TRUE || type === FALSE) {
        if (id === 7) this.isMaxValueExact = type === TRUE;
        else if (id === 8) this.isMinValueExact = type === TRUE;
      } else reader.skip(type);
    }
  }
}
