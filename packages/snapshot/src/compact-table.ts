import { createHash } from "node:crypto";
import { open, rename, rm, type FileHandle } from "node:fs/promises";
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
  let bytes = 0;
  // File handles, not streams: a stream without listener turns a missing folder into an uncaught error of the process.
  const from = await open(streamPath, "r");
  try {
    const to = await open(temporary, "w", 0o600);
    try {
      const writer = new RecordBatchFileWriter();
      const write = async (): Promise<void> => {
        for await (const chunk of writer) {
          hash.update(chunk);
          bytes += chunk.length;
          await to.writeFile(chunk);
        }
      };
      const read = async (): Promise<void> => {
        try {
          for await (const batch of await RecordBatchReader.from(chunks(from))) writer.write(batch);
        } finally {
          writer.finish();
        }
      };
      await Promise.all([write(), read()]);
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

async function* chunks(file: FileHandle): AsyncGenerator<Uint8Array> {
  for (;;) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(1 << 20), 0, 1 << 20);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

async function sync(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
