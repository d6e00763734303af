import {
  closeSync,
  constants,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { open, rename, rm, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { PitotError } from "@pitot/core";

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_RDONLY, O_WRONLY } = constants;

/** Absent on Windows, where a link needs a privilege to be made. */
const NOFOLLOW = O_NOFOLLOW ?? 0;

/** Opens a file that nobody has put there before, for its owner alone. Never follows a link. */
export function openNew(path: string): number {
  return openSync(path, O_WRONLY | O_CREAT | O_EXCL | NOFOLLOW, 0o600);
}

/** Opens a file to be appended to, new or not. Never follows a link. */
export function openAppend(path: string): number {
  return openSync(path, O_WRONLY | O_CREAT | O_APPEND | NOFOLLOW, 0o600);
}

/** Opens a file for reading. Never follows a link. */
export function openRead(path: string): number {
  return openSync(path, O_RDONLY | NOFOLLOW);
}

/** {@link openRead} as a handle. */
export async function openReadHandle(path: string): Promise<FileHandle> {
  return await open(path, O_RDONLY | NOFOLLOW);
}

/**
 * Replaces a file as a whole: a reader sees the old one or the new one, whenever the process dies.
 *
 * @param durable also when the power fails; waits for the disk
 */
export function replaceFile(path: string, text: string, durable: boolean): void {
  const temporary = `${path}.tmp`;
  rmSync(temporary, { recursive: true, force: true });
  const file = openNew(temporary);
  try {
    const bytes = Buffer.from(text);
    for (let offset = 0; offset < bytes.length;) offset += writeSync(file, bytes, offset);
    if (durable) fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
  if (durable) syncFolder(dirname(path));
}

/** {@link replaceFile}, durably and without blocking. */
export async function replaceFileLater(path: string, text: string): Promise<void> {
  const temporary = `${path}.tmp`;
  await rm(temporary, { recursive: true, force: true });
  const file = await open(temporary, O_WRONLY | O_CREAT | O_EXCL | NOFOLLOW, 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  const folder = await open(dirname(path), O_RDONLY);
  try {
    if (process.platform !== "win32") await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Makes what was created, renamed or removed in a folder durable. */
export function syncFolder(path: string): void {
  // Windows cannot open folders; its file systems keep names by themselves.
  if (process.platform === "win32") return;
  const folder = openSync(path, O_RDONLY);
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/**
 * Creates `directory/…names` with mode 0700 and returns its path. The directory itself may be a link, since its owner has named it;
 * nothing below it may.
 *
 * @throws PitotError IO where a part is a link or no folder, and what the file system throws
 */
export function privateFolder(directory: string, ...names: readonly string[]): string {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  let path = directory;
  for (const name of names) {
    path = `${path}/${name}`;
    try {
      mkdirSync(path, { mode: 0o700 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    if (!lstatSync(path).isDirectory())
      throw new PitotError("IO", "Something else lies where a snapshot's folder belongs", {
        value: path,
        remedy: "Remove it, or name another snapshot folder.",
      });
  }
  return path;
}
