import { type RawField } from "./thrift-compact-reader.ts";
/** Writes Thrift's compact protocol as its canonical writers do: short headers where they fit, the fewest bytes for each number. */
export declare class ThriftWriter {
    #private;
    /** What was written, as a copy. */
    finish(): Uint8Array;
    /** Header of field `id`, after field `previous` of the same struct. */
    header(previous: number, id: number, type: number): void;
    byte(value: number): void;
    bytes(value: Uint8Array): void;
    varint(value: number): void;
    /** Zigzag. */
    int(value: number): void;
    text(value: string): void;
    list(size: number, type: number): void;
}
/**
 * Writes one struct: its known fields in the order of their ids, with kept ones in between. A kept field goes before the known one of the same
 * id: it was kept because the known form would not give the same bytes.
 */
export declare class StructWriter {
    #private;
    constructor(out: ThriftWriter, kept?: readonly RawField[]);
    /** Field `id` by `write`, unless its value is absent or a kept field stands for it. */
    field<T>(id: number, type: number, value: T | undefined, write: (value: T) => void): this;
    int(id: number, type: number, value: number | undefined): this;
    text(id: number, value: string | undefined): this;
    binary(id: number, value: Uint8Array | undefined): this;
    bool(id: number, value: boolean | undefined): this;
    structs<T>(id: number, values: readonly T[] | undefined, write: (value: T) => void): this;
    end(): void;
}
