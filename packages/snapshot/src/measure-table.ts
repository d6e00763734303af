import { createHash } from "node:crypto";
import { closeSync, fstatSync, readSync } from "node:fs";
import { PREFIX } from "./ipc-metadata.ts";
import type { CutTail } from "./manifest.ts";
import { messageHeader } from "./message-header.ts";
import { openRead, openReadHandle } from "./private-file.ts";

/** What a table file holds. */
export interface TableMeasure {
  readonly rows: number;
  readonly bytes: number;
  /** False where not even the schema is whole. */
  readonly readable: boolean;
  /** What follows the last whole message; undefined where nothing does. */
  readonly cut: CutTail | undefined;
}

const CONTINUATION = 0xffffffff;
const MAGIC = "ARROW1\0\0";

/** Counts the rows of an IPC stream or file by its message headers, and what a crash has torn. Reads no bodies. */
export function measureTable(path: string): TableMeasure {
  const file = openRead(path);
  try {
    const { size } = fstatSync(file);
    const start = read(file, 0, MAGIC.length)?.toString("latin1") === MAGIC ? MAGIC.length : 0;
    let rows = 0;
    let readable = false;
    for (let offset = start; ;) {
      const message = header(file, offset, size);
      if (message === undefined || offset + message.length > size)
        return {
          rows,
          bytes: size,
          readable,
          // Of a file the footer follows; it is written whole, by rename.
          cut:
            start > 0 || offset === size ? undefined : { bytes: size - offset, rows: message?.rows ?? null },
        };
      rows += message.rows;
      readable = true;
      offset += message.length;
    }
  } finally {
    closeSync(file);
  }
}

/** SHA-256 of a file, in hex. */
export async function fileDigest(path: string): Promise<string> {
  const hash = createHash("sha256");
  const file = await openReadHandle(path);
  try {
    for await (const part of file.createReadStream({ autoClose: false, highWaterMark: 1 << 20 }))
      hash.update(part as Buffer);
  } finally {
    await file.close();
  }
  return hash.digest("hex");
}

/** Length of the whole message at `offset` and its rows; undefined where no header is. */
function header(file: number, offset: number, size: number): { length: number; rows: number } | undefined {
  const prefix = read(file, offset, PREFIX);
  if (prefix === undefined || prefix.readUInt32LE(0) !== CONTINUATION) return undefined;
  const length = prefix.readInt32LE(4);
  if (length <= 0 || offset + PREFIX + length > size) return undefined;
  const metadata = read(file, offset + PREFIX, length);
  if (metadata === undefined) return undefined;
  const message = messageHeader(metadata);
  return message && { length: PREFIX + length + message.bodyLength, rows: message.rows };
}

function read(file: number, offset: number, length: number): Buffer | undefined {
  const buffer = Buffer.alloc(length);
  return readSync(file, buffer, 0, length, offset) === length ? buffer : undefined;
}
