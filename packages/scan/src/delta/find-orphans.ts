import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { PitotError } from "@pitot/core";
import { readCheckpoint } from "./checkpoint-reader.ts";
import { readCommit } from "./commit-reader.ts";
import { deletionVectorFile } from "./deletion-vector.ts";
import type { ActionVisitor, RemoveFile } from "./log-actions.ts";
import { listLog } from "./log-listing.ts";
import { resolveTablePath, tableRoot } from "./table-path.ts";
import { requireSignal } from "../require-option.ts";

/** A file that no version of a table knows. */
export interface OrphanFile {
  /** Relative to the table, with forward slashes. */
  readonly path: string;
  readonly byteLength: number;
  readonly modifiedUnixMs: number;
}

/** Which orphans are told. */
export interface FindOrphansOptions {
  /** Younger files may belong to a write under way; default one hour, in milliseconds. */
  readonly minimumAgeMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Finds files below a Delta table that no commit and no checkpoint of its log names, such as a process leaves that was killed before
 * its commit; and temporary files in the log. Files that old versions need are none. Nothing is removed.
 *
 * Costs a listing of the table and the reading of its whole log.
 *
 * @throws PitotError as `deltaSource` does
 */
export async function findOrphans(
  location: string | URL,
  { minimumAgeMs = 3_600_000, signal }: FindOrphansOptions = {},
): Promise<OrphanFile[]> {
  requireSignal(signal);
  if (!(minimumAgeMs >= 0))
    throw new PitotError("INVALID_ARGUMENT", "The age of orphans must be 0 ms or more", {
      value: minimumAgeMs,
      remedy: "Leave it out, or give milliseconds.",
    });
  const root = tableRoot(location);
  // Listed before the log is read: a file that is committed between the two is found in the log.
  const files = [...(await filesBelow(root, ""))];
  const known = await knownFiles(root, signal);
  const orphans: OrphanFile[] = [];
  for (const path of files) {
    signal?.throwIfAborted();
    if (known.has(path)) continue;
    const found = await stat(path).catch(() => undefined);
    if (found === undefined || Date.now() - found.mtimeMs < minimumAgeMs) continue;
    orphans.push({
      path: relative(root, path).split(sep).join("/"),
      byteLength: found.size,
      modifiedUnixMs: Math.floor(found.mtimeMs),
    });
  }
  return orphans.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Data files, vectors and temporary commits. Hidden folders are other tools', but for partitions whose column begins so. */
async function filesBelow(root: string, folder: string): Promise<string[]> {
  const files: string[] = [];
  for (const entry of await entriesOf(join(root, folder))) {
    const path = join(folder, entry.name);
    const hidden = /^[._]/.test(entry.name) && !entry.name.includes("=");
    if (entry.isDirectory()) {
      if (!hidden) files.push(...(await filesBelow(root, path)));
      else if (path === "_delta_log")
        for (const { name } of await entriesOf(join(root, path)))
          if (name.endsWith(".tmp")) files.push(join(root, path, name));
    } else if (!hidden) files.push(join(root, path));
  }
  return files;
}

/** What lies in a folder; nothing where it was removed meanwhile. */
async function entriesOf(folder: string): Promise<Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return [];
    throw new PitotError("IO", "A folder of the Delta table cannot be listed", {
      value: folder,
      remedy: "Check its permissions and the disk.",
      cause,
    });
  });
}

async function knownFiles(root: string, signal?: AbortSignal): Promise<Set<string>> {
  const known = new Set<string>();
  const note = ({ path, deletionVector }: RemoveFile): void => {
    const keep = (resolved: () => string): void => {
      try {
        known.add(resolved());
      } catch {
        // What leads out of the table is no file of it.
      }
    };
    keep(() => resolveTablePath(root, path, []));
    if (deletionVector !== undefined && deletionVector.storageType !== "i")
      keep(() => deletionVectorFile(root, deletionVector, []));
  };
  const visitor: ActionVisitor = {
    add: note,
    adds: (files) => files.forEach(note),
    remove: note,
    protocol: () => undefined,
    metadata: () => undefined,
    transaction: () => undefined,
    domain: () => undefined,
    commitInfo: () => undefined,
  };
  const listing = await listLog(root);
  for (const checkpoint of listing.checkpoints)
    await readCheckpoint(listing.folder, checkpoint, visitor, { signal, tombstones: true });
  for (const name of listing.commits.values()) await readCommit(listing.folder, name, visitor, signal);
  return known;
}
