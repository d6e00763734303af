import { resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { Schema } from "apache-arrow";
import { PitotError } from "@pitot/core";
import { footerOf } from "../dataset/footer-cache.ts";
import type { FragmentPlan, FragmentSource, SkippedFile } from "../dataset/fragment-source.ts";
import { allAhead } from "../dataset/ordered-ahead.ts";
import { partitionBounds } from "../dataset/partition-bounds.ts";
import { schemaTree, type SchemaNode } from "../parquet/schema-tree.ts";
import type { Scalar } from "../parquet/column-bounds.ts";
import { CAN_BE_TRUE, type BoundsColumn, type ManyBounds } from "../predicate/bounds-columns.ts";
import type { KnownColumn, Predicate } from "../predicate/predicate.ts";
import { DeltaFragment, type TableVersion } from "./delta-fragment.ts";
import { lazyList } from "./lazy-list.ts";
import { listLog, type LogListing } from "./log-listing.ts";
import { LogStatistics } from "./log-statistics.ts";
import { PartitionReader } from "./partition-values.ts";
import { StatisticsColumns } from "./statistics-columns.ts";
import { assertReadable, tableFeatures } from "./table-features.ts";
import { tableRoot } from "./table-path.ts";
import { tableSchema, type TableSchema } from "./table-schema.ts";
import { readSnapshot, type TableSnapshot } from "./table-snapshot.ts";
import { versionAt } from "./time-travel.ts";

/** Which version of a table is read, and how. */
export interface DeltaSourceOptions {
  /** Default the last one. */
  readonly version?: number;
  /** The last version committed by then; instead of `version`. */
  readonly timestamp?: Date | number;
  /** Folders beside the table's own that its log may lead to, e.g. of a table that was cloned. Default none. */
  readonly allowedFolders?: readonly string[];
  /** Of partition timestamps that tell no zone, as old writers left them: IANA name of the writer's. Default `UTC`. */
  readonly timeZone?: string;
  readonly signal?: AbortSignal;
}

/** One version of a Delta table as a source of files. */
export interface DeltaSource extends FragmentSource {
  readonly format: "delta";
  readonly version: number;
  /** The last version that each application wrote idempotently. */
  readonly transactions: ReadonlyMap<string, bigint>;
}

/**
 * Reads one version of a Delta table. It stays that version, whatever is committed later.
 *
 * Costs a listing of the log and the reading of the newest checkpoint and the commits after it. Plans are made from the log alone; only
 * where the table maps columns by id are footers read for them.
 *
 * @throws PitotError INVALID_ARGUMENT where table or version are not there, INVALID_DATA where the log breaks a rule of the protocol, UNSUPPORTED
 * where the table needs features that are not known
 */
export async function deltaSource(
  location: string | URL,
  options: DeltaSourceOptions = {},
): Promise<DeltaSource> {
  const { allowedFolders = [], signal, version, timestamp } = options;
  if (version !== undefined && timestamp !== undefined)
    throw new PitotError("INVALID_ARGUMENT", "A table is read by version or by timestamp, not by both", {
      value: `version ${version}, timestamp ${String(timestamp)}`,
      remedy: "Leave one of them out.",
    });
  const root = tableRoot(location);
  const { listing, snapshot } = await readTable(root, async (listing) =>
    readSnapshot(
      root,
      listing,
      timestamp === undefined ? version : await versionAt(listing, timestamp),
      signal,
    ),
  );
  assertReadable(snapshot.protocol);
  return new LogSource(snapshot, listing, {
    allowed: allowedFolders.map((folder) => resolve(folder)),
    timeZone: options.timeZone ?? "UTC",
  });
}

/** Lists the log and reads from it; again where a file of it was cleaned away between the two. */
export async function readTable(
  root: string,
  read: (listing: LogListing) => Promise<TableSnapshot>,
): Promise<{ listing: LogListing; snapshot: TableSnapshot }> {
  for (let attempt = 1; ; attempt++) {
    const listing = await listLog(root);
    try {
      return { listing, snapshot: await read(listing) };
    } catch (error) {
      const vanished =
        isGone(error) || (error instanceof PitotError && error.code === "IO" && isGone(error.cause));
      if (!vanished) throw error;
      if (attempt === 3)
        throw new PitotError("IO", "The Delta log changes faster than it can be read", {
          value: listing.folder,
          remedy: "Try again when its cleaning is over.",
          cause: error,
        });
    }
  }
}

function isGone(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === "ENOENT";
}

/** Files that are planned before others get their turn. */
const TURN = 8192;
const REASONS: readonly SkippedFile["reason"][] = [
  "statistics", // Never: the file is kept.
  "deletion_vector",
  "partition",
  "delta_statistics",
];
const KEPT = 0;
const BY_VECTOR = 1;
const BY_PARTITION = 2;
const BY_STATISTICS = 3;

class LogSource implements DeltaSource {
  readonly format = "delta" as const;
  readonly location: string;
  readonly schema: Schema;
  readonly partitionColumns: readonly string[];
  readonly discovery: Readonly<Record<string, unknown>>;
  readonly version: number;
  readonly transactions: ReadonlyMap<string, bigint>;
  readonly #snapshot: TableSnapshot;
  readonly #columns: TableSchema;
  readonly #table: TableVersion;
  /** What the log says of the files, for columns that predicates asked for. */
  readonly #statistics: StatisticsColumns;
  #partitions: readonly ReadonlyMap<string, Scalar | null>[] | undefined;
  readonly #timeZone: string;

  constructor(
    snapshot: TableSnapshot,
    listing: LogListing,
    { allowed, timeZone }: { readonly allowed: readonly string[]; readonly timeZone: string },
  ) {
    const { root, version, protocol, metadata, files, commitInfo, checkpoint } = snapshot;
    this.#snapshot = snapshot;
    this.#timeZone = timeZone;
    this.#columns = tableSchema(metadata);
    this.#table = { root, version, schema: this.#columns, files, allowed };
    this.#statistics = new StatisticsColumns(files);
    this.location = root;
    this.version = version;
    this.transactions = snapshot.transactions;
    this.schema = this.#columns.schema;
    this.partitionColumns = metadata.partitionColumns;
    this.discovery = {
      kind: "delta",
      version,
      table_id: metadata.id,
      ...(metadata.name === undefined ? {} : { table_name: metadata.name }),
      files: files.length,
      min_reader_version: protocol.minReaderVersion,
      min_writer_version: protocol.minWriterVersion,
      features: tableFeatures(protocol),
      column_mapping: this.#columns.mapping,
      ...(checkpoint === undefined ? {} : { checkpoint }),
      ...(listing.incompleteCheckpoints.length === 0
        ? {}
        : { incomplete_checkpoints: listing.incompleteCheckpoints }),
      ...(commitInfo === undefined
        ? {}
        : {
            commit: {
              operation: commitInfo.operation,
              timestamp: commitInfo.inCommitTimestamp ?? commitInfo.timestamp,
              engine: commitInfo.engineInfo,
            },
          }),
    };
  }

  async plan(predicate?: Predicate, signal?: AbortSignal): Promise<FragmentPlan> {
    const { files } = this.#snapshot;
    const { fieldIds } = this.#columns;
    const partitions = (this.#partitions ??= this.#readPartitions());
    const codes = files.partitionCodes;
    const fragment = (file: number): DeltaFragment =>
      new DeltaFragment(this.#table, file, partitions[codes[file]!]!);
    // A path that leads out of the table is an error also where its file would be left out.
    for (const file of files.odd) void fragment(file).location;
    const reasons = await this.#skipReasons(partitions, predicate, signal);
    const kept: DeltaFragment[] = [];
    const skipped = new Int32Array(files.length);
    let count = 0;
    for (let place = 0; place < files.length; place++) {
      if (place % TURN === TURN - 1) await this.#turn(signal);
      const file = files.at(place);
      if (reasons[file] === KEPT) kept.push(fragment(file));
      else skipped[count++] = file;
    }
    if (fieldIds !== undefined)
      await allAhead(kept, 16, (fragment) => nameByIds(fragment, fieldIds, signal), signal);
    const left = skipped.slice(0, count);
    return {
      fragments: kept,
      skipped: lazyList(count, (i) => ({
        fragment: fragment(left[i]!),
        reason: REASONS[reasons[left[i]!]!]!,
      })),
    };
  }

  /** Why each file is left out, as a place in `REASONS`. */
  async #skipReasons(
    partitions: readonly ReadonlyMap<string, Scalar | null>[],
    predicate?: Predicate,
    signal?: AbortSignal,
  ): Promise<Uint8Array> {
    const { files } = this.#snapshot;
    const { partitionColumns, leaves } = this.#columns;
    const reasons = new Uint8Array(files.length);
    for (const [file, deletionVector] of files.vectors) {
      const { liveRows } = new LogStatistics({ stats: files.stats(file), deletionVector }, this.#columns);
      if (liveRows === 0) reasons[file] = BY_VECTOR;
    }
    if (predicate === undefined) return reasons;
    const types = new Map(partitionColumns.map(({ path, type }) => [path, type]));
    const codes = files.partitionCodes;
    const known = (
      partition: ReadonlyMap<string, Scalar | null>,
      path: string,
      rows: number,
    ): KnownColumn | undefined => partitionBounds({ partition }, types, path, rows);
    const partitionColumn = (path: string): BoundsColumn | undefined =>
      types.has(path)
        ? { kind: "codes", codes, known: partitions.map((partition) => known(partition, path, 1)) }
        : undefined;
    const exclude = (column: ManyBounds["column"], reason: number): void => {
      const outcomes = predicate.outcomesOfMany({ length: files.length, column });
      for (let file = 0; file < outcomes.length; file++)
        if ((outcomes[file]! & CAN_BE_TRUE) === 0 && reasons[file] === KEPT) reasons[file] = reason;
    };
    if (predicate.columns.some((path) => types.has(path))) exclude(partitionColumn, BY_PARTITION);
    const asked = predicate.columns.flatMap((path) => (types.has(path) ? [] : (leaves.get(path) ?? [])));
    if (asked.length === 0) return reasons;
    const statistics = this.#statistics;
    await statistics.read(asked, () => this.#turn(signal));
    // What is unusual is kept until it is judged by itself.
    const judged: number[] = [];
    for (let file = 0; file < reasons.length; file++)
      if (statistics.unusual[file] !== 0 && reasons[file] === KEPT) judged.push(file);
    exclude((path) => partitionColumn(path) ?? statistics.column(path), BY_STATISTICS);
    for (const [i, file] of judged.entries()) {
      if (i % TURN === TURN - 1) await this.#turn(signal);
      reasons[file] = KEPT;
      const stats = files.stats(file);
      if (stats === undefined) continue;
      const log = new LogStatistics({ stats, deletionVector: files.deletionVector(file) }, this.#columns);
      const { canBeTrue } = predicate.outcomes((path) => {
        const partition = known(partitions[codes[file]!]!, path, log.rows ?? 1);
        if (partition !== undefined) return partition;
        const leaf = leaves.get(path);
        const bounds = leaf && log.bounds(leaf);
        return bounds && { bounds, type: leaf.type };
      });
      if (!canBeTrue) reasons[file] = BY_STATISTICS;
    }
    return reasons;
  }

  /** What every partition of the files comes to. */
  #readPartitions(): ReadonlyMap<string, Scalar | null>[] {
    const { files } = this.#snapshot;
    const reader = new PartitionReader(this.#columns.partitionColumns, this.#timeZone);
    return files.partitions.map((values, code) =>
      reader.read(values, () => files.path(files.partitionCodes.indexOf(code))),
    );
  }

  async #turn(signal?: AbortSignal): Promise<void> {
    await setImmediate();
    signal?.throwIfAborted();
  }
}

/** Finds the columns of a file by their ids, since its names may be any. */
async function nameByIds(
  fragment: DeltaFragment,
  fieldIds: ReadonlyMap<number, string>,
  signal?: AbortSignal,
): Promise<void> {
  const { metadata } = await footerOf(fragment, { signal });
  // A column that the file does not have must not be found by a name that happens to be the same.
  const names = new Map<string, string>([...fieldIds.values()].map((path) => [path, `\u0000${path}`]));
  const visit = (node: SchemaNode, parent: string): void => {
    const { fieldId, name } = node.element;
    const path =
      (fieldId === undefined ? undefined : fieldIds.get(fieldId)) ??
      (parent === "" ? name : `${parent}.${name}`);
    names.set(path, node.path.join("."));
    for (const child of node.children) visit(child, path);
  };
  for (const child of schemaTree(metadata.schema).root.children) visit(child, "");
  fragment.columnNames = names;
}
