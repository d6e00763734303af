import type { Stats } from "node:fs";
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
  // Without `**` no file is deeper than the pattern: nobody waits for a walk through all that is below.
  const depth = pattern.includes("**") ? Infinity : pattern.split("/").length;
  const paths = await pathsBelow(root, signal, picomatch(pattern), depth);
  return { root, files: await measured(root, paths, concurrency, signal) };
}

/** Whether a text has the signs of a glob. */
export function isGlob(text: string): boolean {
  return picomatch.scan(text).isGlob;
}

async function pathsBelow(
  root: string,
  signal?: AbortSignal,
  matches: (path: string) => boolean = () => true,
  depth = Infinity,
): Promise<string[]> {
  const paths: string[] = [];
  const folders = [
    { folder: root, chain: [await naming("There is no folder to list at", root, realpath(root))] },
  ];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    signal?.throwIfAborted();
    const { folder, chain } = next;
    const entries = await naming(
      "The folder cannot be listed",
      folder,
      readdir(folder, { withFileTypes: true }),
    );
    for (const entry of entries) {
      if (entry.name.startsWith(".") || entry.name.startsWith("_")) continue;
      const path = join(folder, entry.name);
      const shown = relative(root, path).split(sep).join("/");
      const isLink = entry.isSymbolicLink();
      // A link that leads nowhere is a file that is lost, and fails where it is one of those that are asked for.
      const kind = isLink
        ? await statOf(path).catch((error: unknown) => (matches(shown) ? Promise.reject(error) : undefined))
        : entry;
      if (kind?.isFile() === true && matches(shown)) paths.push(shown);
      if (kind?.isDirectory() !== true || chain.length >= depth) continue;
      // A link to a folder above it would be walked for ever.
      const target = isLink
        ? await naming("The link cannot be followed", path, realpath(path))
        : join(chain.at(-1)!, entry.name);
      if (!chain.includes(target)) folders.push({ folder: path, chain: [...chain, target] });
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

/** @throws PitotError IO where there is no such file, or it is a folder, a pipe or a device */
export async function foundFile(path: string, location: string): Promise<FoundFile> {
  const found = await statOf(location);
  if (!found.isFile())
    throw new PitotError("IO", "This is not a file", {
      value: location,
      remedy: "Give the path of a Parquet file, or of a folder",
    });
  return { path, location, byteLength: found.size };
}

function statOf(path: string): Promise<Stats> {
  return naming("There is no file to read at", path, stat(path));
}

/** The result of `work`; what it fails with says what cannot be done, and where. */
async function naming<Result>(problem: string, path: string, work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    throw new PitotError("IO", problem, {
      value: path,
      remedy: "Check the path and its permissions",
      cause: error,
    });
  }
}
