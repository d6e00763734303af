import type { ColumnChunk } from "./column-chunk.ts";
import type { RawField } from "./thrift-compact-reader.ts";
/** Physical types by their code in a footer. */
export declare const PHYSICAL_TYPES: readonly ["BOOLEAN", "INT32", "INT64", "INT96", "FLOAT", "DOUBLE", "BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY"];
/** How the values of a leaf lie in the file. */
export type PhysicalType = (typeof PHYSICAL_TYPES)[number];
/** Repetitions by code. */
export declare const REPETITIONS: readonly ["REQUIRED", "OPTIONAL", "REPEATED"];
/** How often a node occurs in its parent: once, at most once, any number of times. */
export type Repetition = (typeof REPETITIONS)[number];
/** Annotations of Parquet 1 by code. */
export declare const CONVERTED_TYPES: readonly ["UTF8", "MAP", "MAP_KEY_VALUE", "LIST", "ENUM", "DECIMAL", "DATE", "TIME_MILLIS", "TIME_MICROS", "TIMESTAMP_MILLIS", "TIMESTAMP_MICROS", "UINT_8", "UINT_16", "UINT_32", "UINT_64", "INT_8", "INT_16", "INT_32", "INT_64", "JSON", "BSON", "INTERVAL"];
/** What the values of a node mean, by Parquet 1. */
export type ConvertedType = (typeof CONVERTED_TYPES)[number];
/** Units of times and timestamps. */
export type ParquetTimeUnit = "MILLIS" | "MICROS" | "NANOS";
/** What the values of a node mean, by Parquet 2. `UNDEFINED` is an annotation that is newer than this reader: its field id is kept. */
export type LogicalType = {
    readonly type: "STRING" | "MAP" | "LIST" | "ENUM" | "DATE" | "NULL" | "JSON" | "BSON" | "UUID" | "FLOAT16";
} | {
    readonly type: "DECIMAL";
    readonly scale: number;
    readonly precision: number;
} | {
    readonly type: "TIME" | "TIMESTAMP";
    readonly isAdjustedToUtc: boolean;
    readonly unit: ParquetTimeUnit;
} | {
    readonly type: "INTEGER";
    readonly bitWidth: number;
    readonly isSigned: boolean;
} | {
    readonly type: "VARIANT";
    readonly specificationVersion?: number;
} | {
    readonly type: "GEOMETRY";
    readonly crs?: string;
} | {
    readonly type: "GEOGRAPHY";
    readonly crs?: string;
    readonly algorithm?: number;
} | {
    readonly type: "UNDEFINED";
    readonly field: number;
};
/** A node of the schema; nodes stand in depth-first order. Codes that are not known read as undefined and are kept. */
export interface SchemaElement {
    /** Of leaves only. */
    readonly type?: PhysicalType;
    /** Bytes of a FIXED_LEN_BYTE_ARRAY. */
    readonly typeLength?: number;
    readonly repetition?: Repetition;
    readonly name: string;
    /** Of groups only. */
    readonly numChildren?: number;
    readonly convertedType?: ConvertedType;
    readonly scale?: number;
    readonly precision?: number;
    readonly fieldId?: number;
    readonly logicalType?: LogicalType;
    /** Fields that are not known, or would not be written back the same. */
    readonly kept?: readonly RawField[];
}
/** Text by key, of a file or a column chunk. */
export interface KeyValue {
    readonly key: string;
    readonly value?: string;
    readonly kept?: readonly RawField[];
}
/** By which leaf column the rows of a row group are sorted. */
export interface SortingColumn {
    readonly columnIndex: number;
    readonly descending: boolean;
    readonly nullsFirst: boolean;
    readonly kept?: readonly RawField[];
}
/** How min and max of a column compare. Bounds of an `UNDEFINED` order tell nothing. */
export interface ColumnOrder {
    readonly order: "TYPE_DEFINED" | "IEEE_754_TOTAL" | "UNDEFINED";
    readonly kept?: readonly RawField[];
}
/** Rows that lie together, one chunk per leaf column. */
export interface RowGroup {
    readonly columns: readonly ColumnChunk[];
    /** Bytes of its columns, uncompressed. */
    readonly totalByteSize: number;
    readonly numRows: number;
    readonly sortingColumns?: readonly SortingColumn[];
    readonly fileOffset?: number;
    /** Bytes of its columns in the file. */
    readonly totalCompressedSize?: number;
    readonly ordinal?: number;
    readonly kept?: readonly RawField[];
}
/** Which cipher the columns of a file with a readable footer are encrypted with. */
export interface EncryptionAlgorithm {
    readonly name: "AES_GCM_V1" | "AES_GCM_CTR_V1" | "UNDEFINED";
}
/**
 * What a Parquet footer says. Numbers of 64 bits are numbers: a file whose offsets or counts pass 2^53 is refused.
 *
 * Source: https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
 */
export interface FileMetadata {
    readonly version: number;
    readonly schema: readonly SchemaElement[];
    readonly numRows: number;
    readonly rowGroups: readonly RowGroup[];
    readonly keyValueMetadata?: readonly KeyValue[];
    readonly createdBy?: string;
    /** One per leaf. Absent in old files: then only the bounds of signed types mean something. */
    readonly columnOrders?: readonly ColumnOrder[];
    /** Present where columns are encrypted or the footer is signed, though it can be read. */
    readonly encryptionAlgorithm?: EncryptionAlgorithm;
    readonly footerSigningKeyMetadata?: Uint8Array;
    readonly kept?: readonly RawField[];
}
