import { PitotError } from "@pitot/core";
import { RecordBatchReader, Table, type RecordBatch } from "apache-arrow";

/**
 * A table of the bytes of an Arrow IPC stream or file, as apache-arrow, flechette or pyarrow write it. Buffers are views of the bytes.
 *
 * @throws PitotError INVALID_DATA where the bytes are cut off or broken, with the whole batches before that in the message; UNSUPPORTED for
 * what apache-arrow does not read (run-end encoding, list views, compressed bodies without a codec)
 */
export function readIpc(bytes: Uint8Array): Table {
  const batches: RecordBatch[] = [];
  try {
    if (bytes.length < 8) throw new Error("too short for any IPC message");
    requireWhole(bytes);
    const reader = RecordBatchReader.from(bytes).open();
    for (const batch of reader) batches.push(batch);
    return batches.length === 0 ? new Table(reader.schema) : new Table(batches);
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    const unsupported = /unrecognized type|not implemented|codec|compress|Unsupported/i.test(text);
    throw new PitotError(
      unsupported ? "UNSUPPORTED" : "INVALID_DATA",
      unsupported
        ? "apache-arrow does not read this Arrow IPC data"
        : `These are not whole Arrow IPC bytes (${batches.length} whole batches before the fault)`,
      {
        value: `${bytes.length} bytes: ${text}`,
        remedy: unsupported
          ? "Write it without run-end encoding, list views and compression."
          : "Read the file again; it was cut off or is of another format.",
        cause,
      },
    );
  }
}

/**
 * A stream may end without its end-of-stream marker, but not inside a message, which apache-arrow would take for the end too.
 * Lengths of messages are read as the format has them: continuation marker, metadata length, flatbuffer with the body's length.
 */
function requireWhole(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isMagic(bytes, 0)) {
    if (!isMagic(bytes, bytes.length - 6)) throw new Error("an IPC file that does not end as one");
    return;
  }
  let at = 0;
  while (at < bytes.length) {
    if (at + 4 > bytes.length) throw new Error(`cut off at byte ${at}`);
    let length = view.getInt32(at, true);
    at += 4;
    if (length === -1) {
      if (at + 4 > bytes.length) throw new Error(`cut off at byte ${at}`);
      length = view.getInt32(at, true);
      at += 4;
    }
    if (length === 0) return;
    if (length < 0 || at + length > bytes.length)
      throw new Error(`a message of ${length} bytes at byte ${at} is cut off`);
    const body = bodyLength(view, at, length);
    at += length;
    if (body < 0 || at + body > bytes.length)
      throw new Error(`a message body of ${body} bytes at byte ${at} is cut off`);
    at += body;
  }
}

/** `Message.bodyLength`, the fourth field of the flatbuffer table at `start`. */
function bodyLength(view: DataView, start: number, length: number): number {
  const inside = (at: number, size: number): number => {
    if (at < start || at + size > start + length)
      throw new Error(`a message at byte ${start} has broken metadata`);
    return at;
  };
  const table = inside(start + view.getInt32(inside(start, 4), true), 4);
  const vtable = inside(table - view.getInt32(table, true), 4);
  if (view.getUint16(vtable, true) < 12) return 0;
  const offset = view.getUint16(inside(vtable + 10, 2), true);
  return offset === 0 ? 0 : Number(view.getBigInt64(inside(table + offset, 8), true));
}

function isMagic(bytes: Uint8Array, at: number): boolean {
  return at >= 0 && "ARROW1".split("").every((letter, i) => bytes[at + i] === letter.charCodeAt(0));
}
