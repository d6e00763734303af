import { stat } from "node:fs/promises";
import { join } from "node:path";
import { PitotError } from "@pitot/core";
import { readCommit } from "./commit-reader.ts";
import { parseExactJson, type ExactObject } from "./exact-json.ts";
import type { CheckpointAdds } from "./checkpoint-adds.ts";
import { TableFiles, type CheckPath } from "./table-files.ts";
import { resolveTablePath } from "./table-path.ts";
import { FileKeys, keyHash } from "./file-keys.ts";
import { fileKey, type AddFile, type Protocol, type RemoveFile, type TableMetadata } from "./log-actions.ts";
import { logError, type LogPlace } from "./log-error.ts";
import { readLogFile } from "./log-file.ts";
import { commitName, type LogListing } from "./log-listing.ts";
import { logSegment, type LogSegment } from "./log-segment.ts";
import { replaySegment } from "./replay-segment.ts";
import { StateReplay } from "./state-replay.ts";

/** A version of a table: what its log comes to. */
export interface TableSnapshot {
  readonly root: string;
  readonly version: number;
  readonly protocol: Protocol;
  readonly metadata: TableMetadata;
  /** Oldest commit first. */
  readonly files: TableFiles;
  /** Last version of each application. */
  readonly transactions: ReadonlyMap<string, bigint>;
  /** Configuration by domain. */
  readonly domains: ReadonlyMap<string, string>;
  /** Of the last commit, where its file is there. */
  readonly commitInfo: ExactObject | undefined;
  /** Version of the checkpoint that it was read from. */
  readonly checkpoint: number | undefined;
}

/** How a version is read. */
export interface ReadSnapshotOptions {
  /** Default the last one. */
  readonly version?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Folders that paths may lead to, beside the table's own; undefined where nothing is to be opened. */
  readonly allowed?: readonly string[];
}

/**
 * Reads one version of a table from its log: newest action first, so that each file is decided by the first action that names it.
 *
 * @throws PitotError INVALID_ARGUMENT where the version is not there, INVALID_DATA that names file, line and rule
 */
export async function readSnapshot(
  root: string,
  listing: LogListing,
  { version, signal, allowed }: ReadSnapshotOptions = {},
): Promise<TableSnapshot> {
  const segment = logSegment(listing, version);
  const { folder } = listing;
  const replay = new LogReplay(segment.version, (path, place) => {
    if (allowed !== undefined) void resolveTablePath(root, path, allowed, place());
  });
  await replaySegment(folder, segment, replay, { signal });
  if (segment.checkpoint !== undefined) await compareWithCommit(listing, segment, replay, signal);
  const snapshot = replay.finish(root, folder, segment);
  await compareWithChecksum(listing, snapshot);
  return snapshot;
}

class LogReplay extends StateReplay {
  readonly #target: number;
  #file = "";
  /** Which of the log's files, in the order that they are read, decided each file. */
  readonly #decided = new FileKeys();
  readonly #files: TableFiles;
  #isCheckpoint = false;
  #commitInfo: ExactObject | undefined;

  constructor(target: number, checkPath: CheckPath) {
    super();
    this.#target = target;
    this.#files = new TableFiles(checkPath);
  }

  override begin(file: string, isCheckpoint: boolean): void {
    super.begin(file, isCheckpoint);
    this.#file = file;
    this.#isCheckpoint = isCheckpoint;
    this.#files.beginCommit();
  }

  override add(file: AddFile, place: LogPlace): void {
    if (this.#decide(file, place)) this.#files.add(file, place);
  }

  override adds(files: CheckpointAdds): void {
    this.#decided.reserve(files.fileRows);
    this.#files.addAll(files, (bytes, start, length, hash, place) =>
      this.#isFirst(this.#decided.decide(bytes, start, length, hash, this.turn), place, () =>
        Buffer.from(bytes.subarray(start, start + length)).toString(),
      ),
    );
  }

  override remove(file: RemoveFile, place: LogPlace): void {
    if (!this.#isCheckpoint) this.#decide(file, place);
  }

  override commitInfo(info: ExactObject): void {
    if (this.#file === commitName(this.#target)) this.#commitInfo ??= info;
  }

  /** Whether the file is in the table by its checkpoint, or by a commit after it. */
  decidedBy(file: RemoveFile): "checkpoint" | "commit" | undefined {
    const by = this.#decided.decidedBy(fileKey(file));
    if (by === undefined) return undefined;
    // The checkpoint is read last.
    return by === this.turn ? "checkpoint" : "commit";
  }

  finish(root: string, folder: string, { version, checkpoint }: LogSegment): TableSnapshot {
    return {
      root,
      version,
      ...this.required(folder, version),
      files: this.#files,
      transactions: this.transactions,
      domains: this.domains,
      commitInfo: this.#commitInfo,
      checkpoint: checkpoint?.version,
    };
  }

  #decide(file: RemoveFile, place: LogPlace): boolean {
    const key = Buffer.from(fileKey(file));
    const by = this.#decided.decide(key, 0, key.length, keyHash(key, 0, key.length), this.turn);
    return this.#isFirst(
      by,
      () => place,
      () => file.path,
    );
  }

  #isFirst(by: number | undefined, place: () => LogPlace, path: () => string): boolean {
    if (by === this.turn)
      throw logError(place(), "a file must not be added or removed twice in one commit", path());
    return by === undefined;
  }
}

/** A checkpoint must have what the commit of its version did: the commit's file, where it is there, is the witness. */
async function compareWithCommit(
  { folder, commits }: LogListing,
  { checkpoint }: LogSegment,
  replay: LogReplay,
  signal?: AbortSignal,
): Promise<void> {
  const name = commits.get(checkpoint!.version);
  if (name === undefined) return;
  const file = checkpoint!.names[0]!;
  const disagrees = (what: string, value: string): PitotError =>
    logError({ file }, `the checkpoint disagrees with ${name}, ${what}`, value);
  await readCommit(
    folder,
    name,
    {
      add: (add) => {
        if (replay.decidedBy(add) === undefined) throw disagrees("which adds a file", add.path);
      },
      remove: (remove) => {
        if (replay.decidedBy(remove) === "checkpoint") throw disagrees("which removes a file", remove.path);
      },
      metadata: ({ id, schemaString }) => {
        const told = replay.ownMetadata;
        if (told !== undefined && (told.id !== id || told.schemaString !== schemaString))
          throw disagrees("which has other metadata", id);
      },
      adds: () => undefined,
      protocol: () => undefined,
      transaction: () => undefined,
      domain: () => undefined,
      commitInfo: () => undefined,
    },
    signal,
  );
}

/** The checksum of a version counts what its log must come to. */
async function compareWithChecksum(
  { folder, checksums }: LogListing,
  snapshot: TableSnapshot,
): Promise<void> {
  const name = checksums.get(snapshot.version);
  if (name === undefined) return;
  const bytes = await readLogFile(join(folder, name));
  let told: ExactObject;
  try {
    told = parseExactJson(bytes.toString()) as ExactObject;
  } catch (cause) {
    throw logError({ file: name }, "the checksum is not JSON", undefined, cause);
  }
  const { numFiles, tableSizeBytes } = told;
  const { files } = snapshot;
  if (typeof numFiles === "number" && numFiles !== files.length)
    throw logError(
      { file: name },
      `the version has ${files.length} files, the checksum tells another count`,
      numFiles,
    );
  if (typeof tableSizeBytes === "number" && tableSizeBytes !== files.bytes)
    throw logError(
      { file: name },
      `the version has ${files.bytes} bytes, the checksum tells another sum`,
      tableSizeBytes,
    );
}

/** When the commit of a version was made, in Unix milliseconds, as its file's time tells. */
export async function commitFileTime(
  { folder, commits }: LogListing,
  version: number,
): Promise<number | undefined> {
  const name = commits.get(version);
  return name === undefined ? undefined : Math.floor((await stat(join(folder, name))).mtimeMs);
}
