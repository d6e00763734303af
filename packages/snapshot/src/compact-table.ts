import { open, rename, rm, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { PitotError } from "@pitot/core";
import { DigestedFile } from "./digested-file.ts";
import { footer, PREFIX, type FileBlock } from "./ipc-metadata.ts";
import { openReadHandle } from "./private-file.ts";
import { scanMessages } from "./scan-messages.ts";
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
  const path = streamPath.replace(/\.arrows$/, ".arrow");
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

async function rewrite(from: FileHandle, to: DigestedFile, streamPath: string): Promise<void> {
  const blocks = { dictionary: [] as FileBlock[], batch: [] as FileBlock[] };
  await to.write(MAGIC_PADDED);
  const { schema, dictionaries } = await preamble(from, streamPath);
  await to.write(schema.bytes);
  for (const { bytes, metadataLength } of dictionaries.messages()) {
    blocks.dictionary.push([to.bytes, metadataLength, bytes.length - metadataLength]);
    await to.write(bytes);
  }
  for await (const message of scanMessages(from)) {
    if (message.header.type !== "batch") continue;
    blocks.batch.push([to.bytes, message.metadataLength, message.header.bodyLength]);
    await to.write(await message.bytes());
  }
  const end = footer(
    { metadata: schema.bytes.subarray(PREFIX), header: schema.header },
    blocks.dictionary,
    blocks.batch,
  );
  const length = Buffer.alloc(4);
  length.writeInt32LE(end.length);
  await to.write(Buffer.concat([END_OF_STREAM, end, length, MAGIC]));
}

/** What stands before the batches of a file: the schema, and all values of each dictionary. */
async function preamble(
  from: FileHandle,
  path: string,
): Promise<{ schema: { bytes: Uint8Array; header: number }; dictionaries: UnifiedDictionaries }> {
  let schema: { bytes: Uint8Array; header: number } | undefined;
  const dictionaries = new UnifiedDictionaries();
  for await (const message of scanMessages(from))
    if (message.header.type === "schema")
      schema = { bytes: await message.bytes(), header: message.header.position };
    else if (message.header.type === "dictionary") dictionaries.add(message, await message.bytes());
  if (schema !== undefined) return { schema, dictionaries };
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
