import { resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { Schema } from "apache-arrow";
import { PitotError } from "@pitot/core";
import { footerOf } from "../dataset/footer-cache.ts";
import type { FragmentPlan, FragmentSource } from "../dataset/fragment-source.ts";
import { allAhead } from "../dataset/ordered-ahead.ts";
import { schemaTree, type SchemaNode } from "../parquet/schema-tree.ts";
import type { Predicate } from "../predicate/predicate.ts";
import { DeltaFragment, type TableVersion } from "./delta-fragment.ts";
import { FilePruning } from "./file-pruning.ts";
import { keptFiles, LogPlan } from "./log-plan.ts";
import type { LogListing } from "./log-listing.ts";
import { readTable } from "./read-table.ts";
import { PartitionReader } from "./partition-values.ts";
import { assertReadable, tableFeatures } from "./table-features.ts";
import { tableRoot } from "./table-path.ts";
import { tableSchema, type TableSchema } from "./table-schema.ts";
import { readSnapshot, type TableSnapshot } from "./table-snapshot.ts";
import { versionAt } from "./time-travel.ts";
import { requireOption, requireSignal, requireTexts } from "../require-option.ts";

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
  const { allowedFolders = [], signal, version, timestamp, timeZone = "UTC" } = options;
  requireSignal(signal);
  requireTexts("allowedFolders", allowedFolders);
  requireOption("timeZone", timeZone, isTimeZone(timeZone), "an IANA name such as Europe/Berlin");
  if (version !== undefined && timestamp !== undefined)
    throw new PitotError("INVALID_ARGUMENT", "A table is read by version or by timestamp, not by both", {
      value: `version ${version}, timestamp ${String(timestamp)}`,
      remedy: "Leave one of them out.",
    });
  const root = tableRoot(location);
  const allowed = allowedFolders.map((folder) => resolve(folder));
  const { listing, snapshot } = await readTable(root, async (listing) => ({
    listing,
    snapshot: await readSnapshot(root, listing, {
      version: timestamp === undefined ? version : await versionAt(listing, timestamp),
      signal,
      allowed,
    }),
  }));
  assertReadable(snapshot.protocol);
  return new LogSource(snapshot, listing, { allowed, timeZone });
}

function isTimeZone(name: string): boolean {
  try {
    Intl.DateTimeFormat("en-US", { timeZone: name });
    return typeof name === "string";
  } catch {
    return false;
  }
}

/** Files that are planned before others get their turn. */
const TURN = 8192;
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
  readonly #pruning: FilePruning;

  constructor(
    snapshot: TableSnapshot,
    listing: LogListing,
    { allowed, timeZone }: { readonly allowed: readonly string[]; readonly timeZone: string },
  ) {
    const { root, version, protocol, metadata, files, commitInfo, checkpoint } = snapshot;
    this.#snapshot = snapshot;
    this.#columns = tableSchema(metadata);
    const partitions = new PartitionReader(this.#columns.partitionColumns, timeZone).readAll(files);
    this.#table = { root, version, schema: this.#columns, files, partitions, allowed };
    this.#pruning = new FilePruning(files, this.#columns, partitions);
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
    requireSignal(signal);
    const { files } = this.#snapshot;
    const { fieldIds } = this.#columns;
    const turn = async (): Promise<void> => {
      await setImmediate();
      signal?.throwIfAborted();
    };
    const fragment = (file: number): DeltaFragment => new DeltaFragment(this.#table, file);
    const reasons = await this.#pruning.reasons(predicate, turn);
    const kept: DeltaFragment[] = [];
    for (const file of keptFiles(files, reasons)) if (kept.push(fragment(file)) % TURN === 0) await turn();
    if (fieldIds !== undefined)
      await allAhead(kept, 16, (fragment, stop) => nameByIds(fragment, fieldIds, stop), signal);
    return new LogPlan(kept, files, reasons, fragment);
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
    const known = fieldId === undefined ? undefined : fieldIds.get(fieldId);
    const path = known ?? (parent === "" ? name : `${parent}.${name}`);
    // Nor one that was dropped, whose name another has now.
    if (known !== undefined || !names.has(path)) names.set(path, node.path.join("."));
    for (const child of node.children) visit(child, path);
  };
  for (const child of schemaTree(metadata.schema).root.children) visit(child, "");
  fragment.columnNames = names;
}
