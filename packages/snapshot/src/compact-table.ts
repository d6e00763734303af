import { createHash } from "node:crypto";
import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { RecordBatchFileWriter, RecordBatchReader } from "apache-arrow";

/** What became of a table's stream file. */
export interface CompactedTable {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Rewrites an IPC stream `*.arrows` as the IPC file `*.arrow`: written aside, synced, renamed, and only then is the stream removed,
 * so that a crash between any two steps leaves at least one of them whole. A batch at a time.
 */
export async function compactTable(streamPath: string): Promise<CompactedTable> {
  const path = streamPath.replace(/\.arrows$/, ".arrow");
  const temporary = `${path}.tmp`;
  const hash = createHash("sha256");
  const out = createWriteStream(temporary, { mode: 0o600 });
  const reader = await RecordBatchReader.from(createReadStream(streamPath));
  const writer = new RecordBatchFileWriter();
  let bytes = 0;
  const copied = (async () => {
    for await (const chunk of writer) {
      hash.update(chunk);
      bytes += chunk.length;
      if (!out.write(chunk)) await once(out, "drain");
    }
  })();
  for await (const batch of reader) writer.write(batch);
  writer.finish();
  await copied;
  out.end();
  await once(out, "close");
  await sync(temporary);
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
