/** What the metadata of a message tells. */
export interface MessageHeader {
  readonly type: "schema" | "dictionary" | "batch";
  readonly bodyLength: number;
  /** Rows of a record batch, else 0. */
  readonly rows: number;
  /** Where the header's table lies in the metadata. */
  readonly position: number;
}

const TYPES = [undefined, "schema", "dictionary", "batch"] as const;

/** Reads a message's metadata; undefined where the bytes are none, since a torn file may hold anything. */
export function messageHeader(metadata: Uint8Array): MessageHeader | undefined {
  const view = new DataView(metadata.buffer, metadata.byteOffset, metadata.byteLength);
  try {
    const root = view.getUint32(0, true);
    const type = TYPES[byteField(view, root, 1)];
    const position = partField(view, root, 2);
    const bodyLength = int64Field(view, root, 3);
    if (type === undefined || position === 0 || bodyLength < 0) return undefined;
    return { type, bodyLength, rows: type === "batch" ? int64Field(view, position, 0) : 0, position };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

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
export function dictionaryPart(
  metadata: Uint8Array,
  { position }: MessageHeader,
  body: Uint8Array,
): DictionaryPart {
  const view = new DataView(metadata.buffer, metadata.byteOffset, metadata.byteLength);
  const values = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const batch = partField(view, position, 1);
  const length = int64Field(view, batch, 0);
  // Behind the count: validity, offsets, values; each as offset and length.
  const buffers = partField(view, batch, 2) + 4;
  const offsets = int64(view, buffers + 16);
  const data = int64(view, buffers + 32);
  return {
    id: int64Field(view, position, 0),
    isDelta: byteField(view, position, 2) === 1,
    length,
    data: body.subarray(data, data + (length === 0 ? 0 : values.getInt32(offsets + 4 * length, true))),
    offset: (index) => values.getInt32(offsets + 4 * index, true),
  };
}

/** The values themselves. */
export function* textsOfPart(part: DictionaryPart): Generator<string> {
  const { buffer, byteOffset, byteLength } = part.data;
  const text = Buffer.from(buffer, byteOffset, byteLength);
  for (let i = 0; i < part.length; i++) yield text.toString("utf8", part.offset(i), part.offset(i + 1));
}

/** Where a table has the field of a slot; 0 where it leaves it out. */
export function fieldPlace(view: DataView, table: number, slot: number): number {
  const vtable = table - view.getInt32(table, true);
  const entry = 4 + 2 * slot;
  if (entry >= view.getUint16(vtable, true)) return 0;
  const offset = view.getUint16(vtable + entry, true);
  return offset === 0 ? 0 : table + offset;
}

/** Where the part lies that a field refers to; 0 where the table leaves it out. */
export function partField(view: DataView, table: number, slot: number): number {
  const at = fieldPlace(view, table, slot);
  return at === 0 ? 0 : at + view.getUint32(at, true);
}

function byteField(view: DataView, table: number, slot: number): number {
  const at = fieldPlace(view, table, slot);
  return at === 0 ? 0 : view.getUint8(at);
}

function int64Field(view: DataView, table: number, slot: number): number {
  const at = fieldPlace(view, table, slot);
  return at === 0 ? 0 : int64(view, at);
}

function int64(view: DataView, at: number): number {
  return view.getInt32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
}
