/**
 * Goes over the statistics of a column chunk and notes where their bounds lie, without making an object of any: a scan plan reads them for
 * each chunk of each file. The footer's reader has checked their structure. A length of -1 is an absent bound, a count of -1 an absent count.
 */
export declare class StatisticsScanner {
    /** Of files before Parquet 2.4: in the signed order of bytes or numbers. */
    maxAt: number;
    maxLength: number;
    minAt: number;
    minLength: number;
    nullCount: number;
    distinctCount: number;
    /** In the column's order. */
    maxValueAt: number;
    maxValueLength: number;
    minValueAt: number;
    minValueLength: number;
    isMaxValueExact: boolean | undefined;
    isMinValueExact: boolean | undefined;
    nanCount: number;
    /** Goes over the struct at `start`. Throws INVALID_DATA. */
    scan(bytes: Uint8Array, start: number): void;
}
