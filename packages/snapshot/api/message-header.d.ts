/** What the metadata of a message tells. */
export interface MessageHeader {
    readonly type: "schema" | "dictionary" | "batch";
    readonly bodyLength: number;
    /** Rows of a record batch, else 0. */
    readonly rows: number;
    /** Where the header's table lies in the metadata. */
    readonly position: number;
}
/** Reads a message's metadata; undefined where the bytes are none, since a torn file may hold anything. */
export declare function messageHeader(metadata: Uint8Array): MessageHeader | undefined;
/** The values that one dictionary message brings. */
export interface DictionaryPart {
    readonly id: number;
    /** Added to the values before it. */
    readonly isDelta: boolean;
    readonly length: number;
    /** Bytes of all values, one after another. */
    readonly data: Uint8Array;
    /** Where value `index` begins in `data`, up to the end of the last. */
    offset(index: number): number;
}
/** Reads a dictionary message of utf8 values. */
export declare function dictionaryPart(metadata: Uint8Array, { position }: MessageHeader, body: Uint8Array): DictionaryPart;
/** The values themselves. */
export declare function textsOfPart(part: DictionaryPart): Generator<string>;
/** Where a table has the field of a slot; 0 where it leaves it out. */
export declare function fieldPlace(view: DataView, table: number, slot: number): number;
/** Where the part lies that a field refers to; 0 where the table leaves it out. */
export declare function partField(view: DataView, table: number, slot: number): number;
