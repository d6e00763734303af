import type { FileHandle } from "node:fs/promises";
import { PitotError } from "@pitot/core";
import { PREFIX } from "./ipc-metadata.ts";
import { messageHeader, type MessageHeader } from "./message-header.ts";
import { ReadWindow } from "./read-window.ts";

/** One encapsulated message of an IPC stream. */
export interface StreamMessage {
  /** Prefix and metadata, as a file's footer counts them. */
  readonly metadataLength: number;
  readonly header: MessageHeader;
  /** Where it begins in the file. */
  readonly offset: number;
  /**
   * Reads the whole message: prefix, metadata, body.
   * @throws PitotError IO where the file has become shorter since
   */
  bytes(): Promise<Buffer>;
}

/** Marks a message that is not the format before 0.15. */
const CONTINUATION = 0xffffffff;

/**
 * The whole messages of an IPC stream file from `start`, where one begins, their bodies unread. Ends before the end-of-stream marker, and before a message that
 * the file does not hold to its end: the tail of a process that died.
 *
 * Source: https://arrow.apache.org/docs/format/Columnar.html#encapsulated-message-format
 */
export async function* scanMessages(file: FileHandle, start: number = 0): AsyncGenerator<StreamMessage> {
  const { size } = await file.stat();
  const window = new ReadWindow(file);
  for (let offset = start; offset + PREFIX <= size;) {
    const prefix = await window.read(offset, PREFIX);
    if (prefix.length < PREFIX) return;
    const length = prefix.readInt32LE(4);
    const metadataLength = PREFIX + length;
    if (prefix.readUInt32LE(0) !== CONTINUATION || length <= 0 || offset + metadataLength > size) return;
    const header = messageHeader(await window.read(offset + PREFIX, length));
    if (header === undefined || offset + metadataLength + header.bodyLength > size) return;
    const [at, whole] = [offset, metadataLength + header.bodyLength];
    yield { offset, metadataLength, header, bytes: async () => await wholeMessage(window, at, whole) };
    offset += whole;
  }
}

async function wholeMessage(window: ReadWindow, offset: number, length: number): Promise<Buffer> {
  const bytes = await window.read(offset, length);
  if (bytes.length === length) return bytes;
  throw new PitotError("IO", "A stream has become shorter while it was read", {
    value: `${bytes.length} of ${length} bytes at ${offset}`,
    remedy: "Leave the files of runs alone, and try again.",
  });
}
