import { createHash } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { PitotError } from "@pitot/core";
import { footer, PREFIX, type FileBlock } from "./ipc-metadata.ts";
import { openReadHandle } from "./private-file.ts";
import { scanMessages } from "./scan-messages.ts";

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
 * so that a crash between any two steps leaves at least one of them whole. Messages are copied as they are, one at a time, dictionary
 * deltas included; a torn tail is left out.
 */
export async function compactTable(streamPath: string): Promise<CompactedTable> {
  const path = streamPath.replace(/\.arrows$/, ".arrow");
  const temporary = `${path}.tmp`;
  const hash = createHash("sha256");
  let bytes = 0;
  // File handles, not streams: a stream without listener turns a missing folder into an uncaught error of the process.
  const from = await openReadHandle(streamPath);
  try {
    await rm(temporary, { force: true });
    const to = await open(temporary, "wx", 0o600);
    try {
      const write = async (part: Uint8Array): Promise<void> => {
        hash.update(part);
        bytes += part.length;
        await to.writeFile(part);
      };
      await write(MAGIC_PADDED);
      const blocks = { dictionary: [] as FileBlock[], batch: [] as FileBlock[] };
      let schema: { readonly metadata: Uint8Array; readonly header: number } | undefined;
      for await (const { bytes: message, metadataLength, header } of scanMessages(from)) {
        if (header.type === "schema")
          schema = { metadata: message.subarray(PREFIX), header: header.position };
        else blocks[header.type].push([bytes, metadataLength, header.bodyLength]);
        await write(message);
      }
      if (schema === undefined)
        throw new PitotError("INVALID_DATA", "The stream has no schema", {
          value: streamPath,
          remedy: "Remove the file.",
        });
      const end = footer(schema, blocks.dictionary, blocks.batch);
      const length = Buffer.alloc(4);
      length.writeInt32LE(end.length);
      await write(Buffer.concat([END_OF_STREAM, end, length, MAGIC]));
      await to.sync();
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
  await rename(temporary, path);
  await sync(dirname(path));
  await rm(streamPath);
  return { path, bytes, sha256: hash.digest("hex") };
}

async function sync(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
