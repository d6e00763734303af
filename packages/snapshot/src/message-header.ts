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
    const type = TYPES[slot(view, root, 1, (at) => view.getUint8(at)) ?? 0];
    const position = slot(view, root, 2, (at) => at + view.getUint32(at, true));
    const bodyLength = slot(view, root, 3, (at) => int64(view, at)) ?? 0;
    if (type === undefined || position === undefined || bodyLength < 0) return undefined;
    const rows = type === "batch" ? (slot(view, position, 0, (at) => int64(view, at)) ?? 0) : 0;
    return { type, bodyLength, rows, position };
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
  const batch = slot(view, position, 1, (at) => at + view.getUint32(at, true))!;
  const length = slot(view, batch, 0, (at) => int64(view, at)) ?? 0;
  // Behind the count: validity, offsets, values; each as offset and length.
  const buffers = slot(view, batch, 2, (at) => at + view.getUint32(at, true) + 4)!;
  const offsets = int64(view, buffers + 16);
  const data = int64(view, buffers + 32);
  return {
    id: slot(view, position, 0, (at) => int64(view, at)) ?? 0,
    isDelta: slot(view, position, 2, (at) => view.getUint8(at)) === 1,
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

/** The field of a table by its slot; undefined where the table leaves it out. */
export function slot<T>(
  view: DataView,
  table: number,
  index: number,
  read: (at: number) => T,
): T | undefined {
  const vtable = table - view.getInt32(table, true);
  const entry = 4 + 2 * index;
  if (entry >= view.getUint16(vtable, true)) return undefined;
  const offset = view.getUint16(vtable + entry, true);
  return offset === 0 ? undefined : read(table + offset);
}

function int64(view: DataView, at: number): number {
  return view.getInt32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
}
