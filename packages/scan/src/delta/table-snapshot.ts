import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { PitotError } from "@pitot/core";
import { readCheckpoint } from "./checkpoint-reader.ts";
import { readCommit } from "./commit-reader.ts";
import { parseExactJson, type ExactObject } from "./exact-json.ts";
import type { CheckpointAdds } from "./checkpoint-adds.ts";
import { TableFiles, type CheckPath } from "./table-files.ts";
import { resolveTablePath } from "./table-path.ts";
import { FileKeys, keyHash } from "./file-keys.ts";
import {
  fileKey,
  type AddFile,
  type ActionVisitor,
  type Protocol,
  type RemoveFile,
  type TableMetadata,
  type Transaction,
} from "./log-actions.ts";
import { logError, type LogPlace } from "./log-error.ts";
import { commitName, type LogListing } from "./log-listing.ts";
import { logSegment, type LogSegment } from "./log-segment.ts";

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

/** Commits that are read ahead while one is parsed. */
const AHEAD = 8;

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
  const replay = new LogReplay(segment.version, (path, place) => {
    if (allowed !== undefined) void resolveTablePath(root, path, allowed, place());
  });
  const { folder } = listing;
  const ahead: Promise<Buffer | undefined>[] = [];
  for (let i = 0; i < segment.commits.length; i++) {
    signal?.throwIfAborted();
    for (; ahead.length <= Math.min(i + AHEAD, segment.commits.length - 1);)
      // Reading ahead warms the file system's cache; an error is met where the commit is read.
      ahead.push(readFile(join(folder, segment.commits[ahead.length]!.name)).catch(() => undefined));
    const { name, version } = segment.commits[i]!;
    replay.begin(version, name);
    const bytes = await ahead[i];
    ahead[i] = Promise.resolve(undefined);
    await readCommit(folder, name, replay, signal, bytes);
  }
  if (segment.checkpoint !== undefined) {
    replay.beginCheckpoint(segment.checkpoint.names[0]!);
    await readCheckpoint(folder, segment.checkpoint, replay, { signal });
    await compareWithCommit(listing, segment, replay, signal);
  }
  const snapshot = replay.finish(root, folder, segment);
  await compareWithChecksum(listing, snapshot);
  return snapshot;
}

const CHECKPOINT = -1;

class LogReplay implements ActionVisitor {
  readonly #target: number;
  #commit = 0;
  #file = "";
  /** Which of the log's files, in the order that they are read, decided each file. */
  readonly #decided = new FileKeys();
  #turn = -1;
  readonly #files: TableFiles;
  #protocol: { value: Protocol; by: number } | undefined;
  #metadata: { value: TableMetadata; by: number } | undefined;
  readonly #transactions = new Map<string, { version: bigint; by: number }>();
  readonly #domains = new Map<string, string | undefined>();
  #commitInfo: ExactObject | undefined;

  constructor(target: number, checkPath: CheckPath) {
    this.#target = target;
    this.#files = new TableFiles(checkPath);
  }

  begin(version: number, file: string): void {
    this.#commit = version;
    this.#file = file;
    this.#turn++;
    this.#files.beginCommit();
  }

  beginCheckpoint(file: string): void {
    this.begin(CHECKPOINT, file);
  }

  add(file: AddFile, place: LogPlace): void {
    if (this.#decide(file, place)) this.#files.add(file, place);
  }

  adds(files: CheckpointAdds): void {
    this.#decided.reserve(files.fileRows);
    this.#files.addAll(files, (bytes, start, length, hash, place) =>
      this.#isFirst(this.#decided.decide(bytes, start, length, hash, this.#turn), place, () =>
        Buffer.from(bytes.subarray(start, start + length)).toString(),
      ),
    );
  }

  remove(file: RemoveFile, place: LogPlace): void {
    if (this.#commit !== CHECKPOINT) this.#decide(file, place);
  }

  protocol(value: Protocol, place: LogPlace): void {
    if (this.#protocol === undefined) this.#protocol = { value, by: this.#commit };
    else if (this.#protocol.by === this.#commit) throw logError(place, "there must be one protocol");
  }

  metadata(value: TableMetadata, place: LogPlace): void {
    if (this.#metadata === undefined) this.#metadata = { value, by: this.#commit };
    else if (this.#metadata.by === this.#commit) throw logError(place, "there must be one metaData");
  }

  transaction({ appId, version }: Transaction): void {
    if (!this.#transactions.has(appId)) this.#transactions.set(appId, { version, by: this.#commit });
  }

  domain(name: string, configuration: string, removed: boolean): void {
    if (!this.#domains.has(name)) this.#domains.set(name, removed ? undefined : configuration);
  }

  commitInfo(info: ExactObject): void {
    if (this.#commit === this.#target && this.#file === commitName(this.#target)) this.#commitInfo ??= info;
  }

  /** Whether the file is in the table by its checkpoint, or by a commit after it. */
  decidedBy(file: RemoveFile): "checkpoint" | "commit" | undefined {
    const by = this.#decided.decidedBy(fileKey(file));
    if (by === undefined) return undefined;
    // The checkpoint is read last.
    return by === this.#turn ? "checkpoint" : "commit";
  }

  /** Metadata of the checkpoint, unless a later commit replaced it. */
  get checkpointMetadata(): TableMetadata | undefined {
    return this.#metadata?.by === CHECKPOINT ? this.#metadata.value : undefined;
  }

  finish(root: string, folder: string, { version, checkpoint }: LogSegment): TableSnapshot {
    const missing = (what: string): PitotError =>
      logError({ file: folder }, `the log up to version ${version} has no ${what}`);
    if (this.#protocol === undefined) throw missing("protocol action");
    if (this.#metadata === undefined) throw missing("metaData action");
    const domains = new Map<string, string>();
    for (const [name, configuration] of this.#domains)
      if (configuration !== undefined) domains.set(name, configuration);
    return {
      root,
      version,
      protocol: this.#protocol.value,
      metadata: this.#metadata.value,
      files: this.#files,
      transactions: new Map([...this.#transactions].map(([appId, { version }]) => [appId, version])),
      domains,
      commitInfo: this.#commitInfo,
      checkpoint: checkpoint?.version,
    };
  }

  #decide(file: RemoveFile, place: LogPlace): boolean {
    const key = Buffer.from(fileKey(file));
    const by = this.#decided.decide(key, 0, key.length, keyHash(key, 0, key.length), this.#turn);
    return this.#isFirst(
      by,
      () => place,
      () => file.path,
    );
  }

  #isFirst(by: number | undefined, place: () => LogPlace, path: () => string): boolean {
    if (by === this.#turn)
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
        const told = replay.checkpointMetadata;
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
  let told: ExactObject;
  try {
    told = parseExactJson(await readFile(join(folder, name), "utf8")) as ExactObject;
  } catch (cause) {
    throw logError({ file: name }, "the checksum is not JSON", undefined, cause);
  }
  const { numFiles, tableSizeBytes } = told;
  const { bytes } = snapshot.files;
  if (typeof numFiles === "number" && numFiles !== snapshot.files.length)
    throw logError(
      { file: name },
      `the version has ${snapshot.files.length} files, the checksum tells another count`,
      numFiles,
    );
  if (typeof tableSizeBytes === "number" && tableSizeBytes !== bytes)
    throw logError(
      { file: name },
      `the version has ${bytes} bytes, the checksum tells another sum`,
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
