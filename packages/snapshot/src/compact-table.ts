import { open, rename, rm, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { PitotError } from "@pitot/core";
import { DigestedFile } from "./digested-file.ts";
import { footer, PREFIX, type FileBlock } from "./ipc-metadata.ts";
import { openReadHandle } from "./private-file.ts";
import { scanMessages, type StreamMessage } from "./scan-messages.ts";
import { UnifiedDictionaries } from "./unified-dictionaries.ts";

const MAGIC = Buffer.from("ARROW1");
const MAGIC_PADDED = Buffer.from("ARROW1\0\0");
const END_OF_STREAM = Buffer.from([255, 255, 255, 255, 0, 0, 0, 0]);

/** What became of a table's stream file. */
export interface CompactedTable {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Rewrites an IPC stream `*.arrows` as the IPC file `*.arrow`: written aside, synced, renamed, and only then is the stream removed,
 * so that a crash between any two steps leaves at least one of them whole. Batches are copied as they are, one at a time, behind dictionaries
 * that are made one of their deltas; a torn tail is left out.
 */
export async function compactTable(streamPath: string): Promise<CompactedTable> {
  const path = compactedPath(streamPath);
  const temporary = `${path}.tmp`;
  let result: CompactedTable;
  // File handles, not streams: a stream without listener turns a missing folder into an uncaught error of the process.
  const from = await openReadHandle(streamPath);
  try {
    await rm(temporary, { force: true });
    const to = await DigestedFile.create(temporary);
    try {
      await rewrite(from, to, streamPath);
      result = { path, bytes: to.bytes, sha256: await to.finish() };
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
  await rename(temporary, path);
  await sync(dirname(path));
  await rm(streamPath);
  return result;
}

/** The file that a stream becomes. */
export function compactedPath(streamPath: string): string {
  return streamPath.replace(/\.arrows$/, ".arrow");
}

async function rewrite(from: FileHandle, to: DigestedFile, streamPath: string): Promise<void> {
  const blocks = { dictionary: [] as FileBlock[], batch: [] as FileBlock[] };
  const { schema, header, dictionaries, batches } = await contents(from, streamPath);
  await to.write(MAGIC_PADDED);
  await to.write(schema);
  for (const { bytes, metadataLength } of dictionaries.messages()) {
    blocks.dictionary.push([to.bytes, metadataLength, bytes.length - metadataLength]);
    await to.write(bytes);
  }
  for (const batch of batches) {
    blocks.batch.push([to.bytes, batch.metadataLength, batch.header.bodyLength]);
    await to.write(await batch.bytes());
  }
  const end = footer({ metadata: schema.subarray(PREFIX), header }, blocks.dictionary, blocks.batch);
  const length = Buffer.alloc(4);
  length.writeInt32LE(end.length);
  await to.write(Buffer.concat([END_OF_STREAM, end, length, MAGIC]));
}

interface StreamContents {
  readonly schema: Uint8Array;
  /** Where the schema's header lies in its metadata. */
  readonly header: number;
  readonly dictionaries: UnifiedDictionaries;
  /** Their bodies unread. */
  readonly batches: readonly StreamMessage[];
}

async function contents(from: FileHandle, path: string): Promise<StreamContents> {
  let schema: Uint8Array | undefined;
  let header = 0;
  const dictionaries = new UnifiedDictionaries();
  const batches: StreamMessage[] = [];
  for await (const message of scanMessages(from))
    if (message.header.type === "batch") batches.push(message);
    else if (message.header.type === "dictionary") dictionaries.add(message, await message.bytes());
    else [schema, header] = [await message.bytes(), message.header.position];
  if (schema !== undefined) return { schema, header, dictionaries, batches };
  throw new PitotError("INVALID_DATA", "The stream has no schema", {
    value: path,
    remedy: "Remove the file.",
  });
}

async function sync(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
