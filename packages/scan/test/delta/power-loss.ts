import { rmSync, statSync, truncateSync } from "node:fs";
import fs, { type FileHandle } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { dirname } from "node:path";

/** What becomes of bytes and folder entries that were not synced when power fails. */
export type Unsynced = "kept" | "torn" | "lost";

/**
 * Runs `work` until it has done `steps` operations on files, then lets power fail: nothing of it goes on, and what it had not synced is kept, cut in the middle, or
 * lost. False where it ended before.
 */
export async function failPower(
  work: () => Promise<unknown>,
  steps: number,
  unsynced: Unsynced,
): Promise<boolean> {
  const real = { open: fs.open, link: fs.link, rename: fs.rename, unlink: fs.unlink, mkdir: fs.mkdir };
  /** Files whose bytes, and whose entries in their folders, may not be on the disk. */
  const bytes = new Set<string>();
  const entries = new Set<string>();
  const opened: Promise<FileHandle>[] = [];
  let left = steps;
  let fail: () => void = () => undefined;
  const failed = new Promise<true>((resolve) => (fail = () => resolve(true)));
  const step = async <T>(operation: () => Promise<T>): Promise<T> => {
    if (left-- <= 0) {
      fail();
      // Without power nothing goes on.
      return new Promise<T>(() => undefined);
    }
    return operation();
  };
  const watched = (path: string, handle: FileHandle, isFolder: boolean): FileHandle => {
    const writeFile = handle.writeFile.bind(handle);
    const sync = handle.sync.bind(handle);
    handle.writeFile = (...args) =>
      step(() => {
        bytes.add(path);
        return writeFile(...args);
      });
    handle.sync = () =>
      step(async () => {
        await sync();
        if (!isFolder) bytes.delete(path);
        else for (const entry of entries) if (dirname(entry) === path) entries.delete(entry);
      });
    return handle;
  };
  Object.assign(fs, {
    open: async (path: string, flags?: string) => {
      // What is read is on the disk: a process that lost power knows nothing of it, and must not wait for it.
      if (flags === "r" && statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true)
        return real.open(path, flags);
      return step(async () => {
        const opening = real.open(path, flags);
        opened.push(opening);
        const handle = await opening;
        if (flags === "wx") entries.add(path);
        return watched(path, handle, flags === "r");
      });
    },
    link: (from: string, to: string) =>
      step(async () => {
        await real.link(from, to);
        entries.add(to);
        if (bytes.has(from)) bytes.add(to);
      }),
    rename: (from: string, to: string) =>
      step(async () => {
        await real.rename(from, to);
        entries.delete(from);
        entries.add(to);
        if (bytes.delete(from)) bytes.add(to);
      }),
    unlink: (path: string) =>
      step(async () => {
        await real.unlink(path);
        bytes.delete(path);
        entries.delete(path);
      }),
    mkdir: (path: string, options: object) =>
      step(async () => {
        const first = (await real.mkdir(path, options)) as unknown as string | undefined;
        if (first !== undefined) entries.add(first);
        return first;
      }),
  });
  syncBuiltinESMExports();
  try {
    const outcome = await Promise.race([failed, work().then(() => false)]);
    if (!outcome) return false;
  } finally {
    Object.assign(fs, real);
    syncBuiltinESMExports();
  }
  await Promise.allSettled(opened.map(async (opening) => (await opening).close()));
  if (unsynced === "lost") for (const entry of entries) rmSync(entry, { recursive: true, force: true });
  if (unsynced === "torn")
    for (const path of bytes) {
      const size = statSync(path, { throwIfNoEntry: false })?.size;
      if (size !== undefined) truncateSync(path, Math.floor(size / 2));
    }
  return true;
}
