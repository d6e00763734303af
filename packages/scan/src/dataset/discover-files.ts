import { readdir, realpath, stat } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { PitotError } from "@pitot/core";
import picomatch from "picomatch";
import { allAhead } from "./ordered-ahead.ts";

/** A file that a listing found. */
export interface FoundFile {
  /** Below the root, with forward slashes; as given where there is no root. */
  readonly path: string;
  readonly location: string;
  readonly byteLength: number | undefined;
}

/** Files of a folder: all below it but those with a part of their path that begins with `.` or `_`, in byte order. */
export async function filesBelow(
  root: string,
  concurrency: number,
  signal?: AbortSignal,
): Promise<FoundFile[]> {
  return await measured(root, await pathsBelow(root, signal), concurrency, signal);
}

/** Files that a glob matches. Its fixed part is the root of their paths. */
export async function filesMatching(
  glob: string,
  concurrency: number,
  signal?: AbortSignal,
): Promise<{ root: string; files: FoundFile[] }> {
  const { base, glob: pattern } = picomatch.scan(glob.replaceAll(sep, "/"));
  const root = resolve(base === "" ? "." : base);
  const matches = picomatch(pattern);
  const paths = (await pathsBelow(root, signal)).filter((path) => matches(path));
  return { root, files: await measured(root, paths, concurrency, signal) };
}

/** Whether a text has the signs of a glob. */
export function isGlob(text: string): boolean {
  return picomatch.scan(text).isGlob;
}

async function pathsBelow(root: string, signal?: AbortSignal): Promise<string[]> {
  const paths: string[] = [];
  const folders = [{ folder: root, real: [await realpath(root)] }];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    signal?.throwIfAborted();
    const { folder, real } = next;
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.name.startsWith(".") || entry.name.startsWith("_")) continue;
      const path = join(folder, entry.name);
      const kind = entry.isSymbolicLink() ? await stat(path).catch(() => undefined) : entry;
      if (kind?.isFile() === true) paths.push(relative(root, path).split(sep).join("/"));
      if (kind?.isDirectory() !== true) continue;
      // A link to a folder above it would be walked for ever.
      const target = entry.isSymbolicLink() ? await realpath(path) : path;
      if (!real.includes(target)) folders.push({ folder: path, real: [...real, target] });
    }
  }
  return paths.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

async function measured(
  root: string,
  paths: readonly string[],
  concurrency: number,
  signal?: AbortSignal,
): Promise<FoundFile[]> {
  return await allAhead(paths, concurrency, (path) => foundFile(path, join(root, path)), signal);
}

/** @throws PitotError IO where there is no such file */
export async function foundFile(path: string, location: string): Promise<FoundFile> {
  try {
    return { path, location, byteLength: (await stat(location)).size };
  } catch (error) {
    throw new PitotError("IO", "There is no file to read at", {
      value: location,
      remedy: "Check the path and its permissions",
      cause: error,
    });
  }
}
