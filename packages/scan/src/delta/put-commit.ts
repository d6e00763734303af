import { randomUUID } from "node:crypto";
import { link, mkdir, open, rename, stat, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { PitotError } from "@pitot/core";
import { commitName } from "./log-listing.ts";

/**
 * Writes a commit unless the version is there: to a temporary file, which is synced, then linked to the commit's name, which only one
 * writer can. Power may fail between any two steps: the log has the whole commit or none of it.
 *
 * @returns false where another writer has made the version
 * @throws PitotError UNSUPPORTED where the file system has no hard links, IO where it cannot be written
 */
export async function putCommit(root: string, version: number, lines: string): Promise<boolean> {
  const folder = join(root, "_delta_log");
  const target = join(folder, commitName(version));
  // Readers pass over names that are not the log's.
  const temporary = join(folder, `.${commitName(version)}.${randomUUID()}.tmp`);
  try {
    await writeSynced(temporary, Buffer.from(lines));
    return await linkNew(temporary, target);
  } catch (cause) {
    if (cause instanceof PitotError) throw cause;
    throw new PitotError("IO", "A commit cannot be written to the Delta log", {
      value: target,
      remedy: "Check the disk and the permissions, then run the write again: it is idempotent.",
      cause,
    });
  } finally {
    await unlink(temporary).catch(() => undefined);
  }
}

/**
 * Gives a file that has been synced its name, which only one writer can.
 * @returns false where the name is there
 * @throws PitotError UNSUPPORTED where the file system has no hard links
 */
export async function linkNew(temporary: string, target: string): Promise<boolean> {
  const folder = dirname(target);
  try {
    await link(temporary, target);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") {
      // A network file system may say so of a link that it made: then both names are of one file.
      const [own, found] = await Promise.all([stat(temporary), stat(target)]);
      if (own.ino !== found.ino || own.dev !== found.dev) return false;
    } else if (code === "EPERM" || code === "ENOTSUP" || code === "EOPNOTSUPP" || code === "ENOSYS")
      throw new PitotError(
        "UNSUPPORTED",
        "The file system has no hard links, so two writers could overwrite each other",
        {
          value: folder,
          remedy: "Write Delta tables on a file system that has them.",
          cause: error,
        },
      );
    else throw error;
  }
  await syncFolder(folder);
  return true;
}

/** Writes a file anew, so that there is the old one or the new one at any time. */
export async function replaceSynced(path: string, temporary: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeSynced(temporary, bytes);
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Writes a new file and its folder's entry for it so that both outlast a loss of power. */
export async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "wx");
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await syncFolder(dirname(path));
}

/** Makes a folder, and syncs the entries of all that had to be made. */
export async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (let made = path; ; made = dirname(made)) {
    await syncFolder(dirname(made));
    if (made === first || made === dirname(made)) return;
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r").catch(() => undefined);
  // Windows opens no folders; its file systems journal the entries.
  if (folder === undefined) return;
  try {
    await folder.sync();
  } catch (error) {
    if (!["EPERM", "EINVAL", "EISDIR"].includes(String((error as NodeJS.ErrnoException).code))) throw error;
  } finally {
    await folder.close();
  }
}
