import { FOOTER, MESSAGE, verifyFlatbuffer } from "./verify-flatbuffer.ts";

/** Kinds of messages, by their number in the union `MessageHeader`. */
const SCHEMA = 1;
const DICTIONARY_BATCH = 2;
const RECORD_BATCH = 3;
/** What ends an IPC file: the footer's length, and the magic that the file begins with too. */
const TAIL = 10;

/**
 * Proves that the bytes of an Arrow IPC stream or file are whole, and that no metadata point outside themselves. A stream may end without its
 * end-of-stream marker, but not inside a message, which apache-arrow would take for the end too.
 *
 * Source: https://arrow.apache.org/docs/format/Columnar.html#encapsulated-message-format and #ipc-file-format
 *
 * @throws Error that says where
 */
export function checkIpc(bytes: Uint8Array): void {
  if (isMagic(bytes, 0)) checkFile(bytes);
  else
    for (let at = checkMessage(bytes, 0, SCHEMA); at >= 0 && at < bytes.length;) at = checkMessage(bytes, at);
}

function checkFile(bytes: Uint8Array): void {
  if (bytes.length < 8 + TAIL || !isMagic(bytes, bytes.length - 6))
    throw new Error("an IPC file that does not end as one");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length - TAIL;
  const start = end - view.getInt32(end, true);
  if (start < 8 || start > end) throw new Error("an IPC file whose footer has a broken length");
  const footer = verifyFlatbuffer(bytes.subarray(start, end), FOOTER);
  for (const [field, kind] of [
    [footer[2], DICTIONARY_BATCH],
    [footer[3], RECORD_BATCH],
  ]) {
    if (field === undefined) continue;
    const vector = start + field + view.getUint32(start + field, true);
    const count = view.getUint32(vector, true);
    for (let i = 0; i < count; i++) {
      const at = Number(view.getBigInt64(vector + 4 + 24 * i, true));
      if (at < 0 || at >= start) throw new Error("an IPC file whose footer points outside");
      checkMessage(bytes, at, kind);
    }
  }
}

/** Where the message at `at` ends: its marker, the length of its metadata, these, and its body; -1 after the last. */
function checkMessage(bytes: Uint8Array, at: number, kind?: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = (): number => {
    if (at + 4 > bytes.length) throw new Error(`cut off at byte ${at}`);
    at += 4;
    return view.getInt32(at - 4, true);
  };
  let length = word();
  if (length === -1) length = word();
  if (length === 0 && kind === undefined) return -1;
  if (length === 0) throw new Error(`no message at byte ${at}, where there must be one`);
  if (length < 0 || at + length > bytes.length)
    throw new Error(`a message of ${length} bytes at byte ${at} is cut off`);
  const [, header, , bodyLength] = verifyFlatbuffer(bytes.subarray(at, at + length), MESSAGE);
  // apache-arrow would read a block of another kind again and again, and a stream without schema as a table without columns.
  if (kind !== undefined && (header === undefined || bytes[at + header] !== kind))
    throw new Error(`a message at byte ${at} that is not of the kind that belongs there`);
  const body = bodyLength === undefined ? 0 : Number(view.getBigInt64(at + bodyLength, true));
  at += length;
  if (body < 0 || at + body > bytes.length)
    throw new Error(`a message body of ${body} bytes at byte ${at} is cut off`);
  return at + body;
}

function isMagic(bytes: Uint8Array, at: number): boolean {
  return at >= 0 && "ARROW1".split("").every((letter, i) => bytes[at + i] === letter.charCodeAt(0));
}
