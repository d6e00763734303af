import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { PitotError } from "@pitot/core";

/**
 * Writes a file so that no reader ever sees half of it: temporary file beside it, fsync, rename, fsync of the folder.
 * @returns the path
 * @throws PitotError IO; then nothing is left behind and what was there before is as it was
 */
export async function writeAtomically(path: string, bytes: Uint8Array): Promise<string> {
  const folder = dirname(path);
  // Hidden: a listing at this moment must not take it for data.
  const temporary = `${folder}/.${randomUUID()}.tmp`;
  try {
    await mkdir(folder, { recursive: true });
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(folder);
    return path;
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new PitotError("IO", "The file cannot be written", {
      value: path,
      remedy: "Check the folder's permissions and the disk",
      cause: error,
    });
  }
}

/** Windows cannot open folders; there the rename alone must do. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
