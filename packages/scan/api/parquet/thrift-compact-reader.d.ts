/** Types of fields in the compact protocol; `TRUE` and `FALSE` are booleans whose value is their type. */
export declare const TRUE = 1;
export declare const FALSE = 2;
export declare const I8 = 3;
export declare const I16 = 4;
export declare const I32 = 5;
export declare const I64 = 6;
export declare const BINARY = 8;
export declare const LIST = 9;
export declare const STRUCT = 12;
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
export declare class ThriftReader {
    #private;
    readonly bytes: Uint8Array;
    readonly end: number;
    pos: number;
    /** Id and type of the field that {@link field} came to. */
    id: number;
    type: number;
    constructor(bytes: Uint8Array, start?: number, end?: number);
    /** Goes to the next field of a struct: false at its end. `previous` is the id of the field before, 0 at first. */
    field(previous: number): boolean;
    byte(): number;
    /** An unsigned number of at most 53 bits. */
    varint(): number;
    /** A signed number of at most 53 bits, whatever the width of its type. */
    int(): number;
    /** Length of a text or of bytes that follow, all of them there. */
    length(): number;
    /** Text in UTF-8; a byte that is none reads as U+FFFD. */
    text(): string;
    /** Bytes, as a view of the metadata. */
    binary(): Uint8Array;
    /** Goes into a list: how many elements of what type. Types of booleans are as the elements are. */
    list(): {
        size: number;
        type: number;
    };
    /** The size of a list of `type`; other types are refused. */
    listOf(type: number): number;
    /** Steps over a value. */
    skip(type: number, depth?: number): void;
    /** Steps over the fields of a struct that was entered, to its end. */
    skipStruct(depth?: number): void;
    /** The current field as it stands. */
    raw(): RawField;
    /** Throws INVALID_DATA. */
    fail(problem: string, value: unknown): never;
}
