import type { FileHandle } from "node:fs/promises";
import { PREFIX } from "./ipc-metadata.ts";
import { messageHeader, type MessageHeader } from "./message-header.ts";

/** One encapsulated message of an IPC stream. */
export interface StreamMessage {
  /** The whole message: prefix, metadata, body. */
  readonly bytes: Uint8Array;
  /** Prefix and metadata, as a file's footer counts them. */
  readonly metadataLength: number;
  readonly header: MessageHeader;
}

/** Marks a message that is not the format before 0.15. */
const CONTINUATION = 0xffffffff;

/**
 * The whole messages of an IPC stream file, one in memory at a time. Ends before the end-of-stream marker, and before a message that
 * the file does not hold to its end: the tail of a process that died.
 *
 * Source: https://arrow.apache.org/docs/format/Columnar.html#encapsulated-message-format
 */
export async function* scanMessages(file: FileHandle): AsyncGenerator<StreamMessage> {
  const { size } = await file.stat();
  for (let offset = 0; offset + PREFIX <= size;) {
    const prefix = await read(file, offset, PREFIX);
    const length = prefix.readInt32LE(4);
    const metadataLength = PREFIX + length;
    if (prefix.readUInt32LE(0) !== CONTINUATION || length <= 0 || offset + metadataLength > size) return;
    const header = messageHeader(await read(file, offset + PREFIX, length));
    if (header === undefined || offset + metadataLength + header.bodyLength > size) return;
    const bytes = await read(file, offset, metadataLength + header.bodyLength);
    yield { bytes, metadataLength, header };
    offset += bytes.length;
  }
}

async function read(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  const { bytesRead } = await file.read(buffer, 0, length, offset);
  return buffer.subarray(0, bytesRead);
}
