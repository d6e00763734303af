import { stat } from "node:fs/promises";
import { join } from "node:path";
import { readCommit } from "./commit-reader.ts";
import type { Protocol, TableMetadata } from "./log-actions.ts";
import { missingFile, readLogFile } from "./log-file.ts";
import { commitName, type LogListing } from "./log-listing.ts";
import { logSegment } from "./log-segment.ts";
import { replaySegment } from "./replay-segment.ts";
import { StateReplay } from "./state-replay.ts";

/** What a writer must know of a table's last version: all but its files. */
export interface TableState {
  readonly version: number;
  readonly protocol: Protocol;
  readonly metadata: TableMetadata;
  /** Last version of each application. */
  readonly transactions: Map<string, bigint>;
  /** Which file the commit of the version is; undefined where it was cleaned away. */
  readonly commit: string | undefined;
}

/** Reads the state of a table's last version from its log. */
export async function readState(
  { folder, ...listing }: LogListing,
  signal?: AbortSignal,
): Promise<TableState> {
  const segment = logSegment({ folder, ...listing });
  const { version } = segment;
  const commit = await stat(join(folder, commitName(version))).catch(() => undefined);
  const replay = new StateReplay();
  await replaySegment(folder, segment, replay, { signal, files: false });
  return {
    version,
    ...replay.required(folder, version),
    transactions: replay.transactions,
    commit: commit && identity(commit),
  };
}

/** The state after the commits that followed one. Its transactions are those of the state before, with what has come. */
export async function readNewerCommits(
  folder: string,
  state: TableState,
  signal?: AbortSignal,
): Promise<TableState> {
  let known = state;
  for (;;) {
    signal?.throwIfAborted();
    const version = known.version + 1;
    const found = await readIfThere(join(folder, commitName(version)));
    if (found === undefined) return known;
    const replay = new StateReplay();
    await readCommit(folder, commitName(version), replay, signal, found.bytes);
    const { transactions } = known;
    for (const [appId, version] of replay.transactions) transactions.set(appId, version);
    known = {
      version,
      protocol: replay.lastProtocol ?? known.protocol,
      metadata: replay.lastMetadata ?? known.metadata,
      transactions,
      commit: found.commit,
    };
  }
}

/** Whether the commit that a state ends with is still there, and the same file. */
export async function hasSameCommit(folder: string, { version, commit }: TableState): Promise<boolean> {
  const found = await stat(join(folder, commitName(version))).catch(() => undefined);
  return found !== undefined && identity(found) === commit;
}

async function readIfThere(path: string): Promise<{ bytes: Buffer; commit: string | undefined } | undefined> {
  // Of a file that takes its place before it is read, the identity is not known, which costs one reading more.
  const found = await stat(path).catch(() => undefined);
  try {
    const bytes = await readLogFile(path);
    return { commit: found && identity(found), bytes };
  } catch (error) {
    if (missingFile(error) !== undefined) return undefined;
    throw error;
  }
}

/** Another file of the same name has another number, size or time. */
function identity({
  dev,
  ino,
  size,
  mtimeMs,
}: {
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
  readonly mtimeMs: number;
}): string {
  return `${dev}/${ino}/${size}/${mtimeMs}`;
}
