import { randomUUID } from "node:crypto";
import { stat, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Schema, Table } from "apache-arrow";
import { activeRun, PitotError, type DiagnosticsSink, type SchemaViolation } from "@pitot/core";
import { allAhead } from "../dataset/ordered-ahead.ts";
import {
  assertNoViolations,
  hasSamePartitions,
  planKnownTable,
  planNewTable,
  type AppendPlan,
} from "./append-plan.ts";
import { checkpointAfterCommit } from "./checkpoint-after-commit.ts";
import type { DeltaCheckpoint } from "./checkpoint-outcome.ts";
import { commitLines, type NewFile } from "./commit-lines.ts";
import { encodeDataFile } from "./data-file.ts";
import { currentState } from "./known-tables.ts";
import { commitName } from "./log-listing.ts";
import { partitionRows, type PartitionRows } from "./partition-rows.ts";
import { makeFolder, putCommit, writeSynced } from "./put-commit.ts";
import { recordCommit } from "./record-commit.ts";
import { tableRoot } from "./table-path.ts";
import { tableSchema } from "./table-schema.ts";
import type { TableState } from "./table-state.ts";
import { appendViolations, writtenSchema } from "./written-schema.ts";
import { requireLimit, requireSignal, requireTexts } from "../require-option.ts";

/** Files of an append that are written at once. */
const FILES_AHEAD = 8;

/** What an idempotent append needs: spread what `run.nextCommitVersion()` gives into it. */
export interface AppendDeltaOptions {
  /** Who writes, the same in every retry: a run's key. */
  readonly appId: string;
  /** Which write of it this is; ascends. A version that the table has, or one below it, is not written again. */
  readonly version: number;
  /** Partition columns of a new table; for a table that is there they must be its own. */
  readonly partitionBy?: readonly string[];
  /** Low-cardinality name for telemetry; default the folder's. */
  readonly name?: string;
  /** Gets the record of the outcome; default the run that is active, if any. */
  readonly sink?: DiagnosticsSink;
  /** Run that `commitInfo` names; default the active one's. */
  readonly runId?: string;
  /** Commits tried before the append gives up as `conflict`; default 100. */
  readonly maxAttempts?: number;
  readonly signal?: AbortSignal;
}

/** What became of an append. */
export interface DeltaCommit {
  /**
   * - `committed`: the rows are in the table, at `version`.
   * - `skipped_duplicate`: they were there before; nothing was written.
   * - `conflict`: the table was changed by others so that the append no longer fits, or too often; nothing was written.
   * - `failed`: only in records; `appendDelta` throws then.
   */
  readonly outcome: "committed" | "skipped_duplicate" | "conflict" | "failed";
  readonly location: string;
  readonly appId: string;
  readonly appVersion: number;
  /** Of the commit; undefined where there is none. */
  readonly version: number | undefined;
  /** Files, rows and bytes that the commit added. */
  readonly files: number;
  readonly rows: number;
  readonly bytes: number;
  /** Commits that were tried. */
  readonly attempts: number;
  readonly durationMs: number;
  /** Of the commit's version, where one was due: every `delta.checkpointInterval` versions, ten where the table does not say. */
  readonly checkpoint: DeltaCheckpoint | undefined;
  /** How the rows' schema differs from the table's, where that is why. */
  readonly violations: readonly SchemaViolation[];
  readonly error: string | undefined;
}

/**
 * Appends an Arrow table to a Delta table, once: a retry with the same `appId` and `version` writes nothing, also in another process.
 * Makes the table where there is none.
 *
 * Files are written and synced first, then one commit, put only if its version is not there. Where another writer was faster, the append is
 * rebased on what it did. Files of an append that did not commit are removed, as nobody ever knew of them; those of a process
 * that was killed before stay, and `findOrphans` finds them. Every ten versions, or as the table says, the log gets a checkpoint. Every outcome is counted (`pitot.write.commits`) and recorded.
 *
 * ```ts
 * const [commit, next] = run.nextCommitVersion();
 * const { outcome } = await appendDelta("orders", table, { ...commit });
 * ```
 *
 * @throws PitotError INVALID_ARGUMENT for options that make no sense; INVALID_DATA where the rows do not fit the table, with the
 * `SchemaViolation`s as `cause`; UNSUPPORTED for object stores and for tables whose rules an append would not keep; IO
 */
export async function appendDelta(
  location: string | URL,
  table: Table,
  options: AppendDeltaOptions,
): Promise<DeltaCommit> {
  const started = performance.now();
  const run = activeRun();
  const append = new Append(location, table, { ...options, ...runIdOf(options, run?.runId) });
  const finish = (result: Pick<DeltaCommit, "outcome"> & Partial<DeltaCommit>): DeltaCommit => {
    const commit: DeltaCommit = {
      location: append.location,
      appId: options.appId,
      appVersion: options.version,
      version: undefined,
      files: 0,
      rows: 0,
      bytes: 0,
      attempts: append.attempts,
      durationMs: performance.now() - started,
      checkpoint: undefined,
      violations: append.violations,
      error: undefined,
      ...result,
    };
    recordCommit(options.sink ?? run, options.name ?? basename(append.location), commit);
    return commit;
  };
  try {
    return finish(await append.write());
  } catch (error) {
    finish({ outcome: "failed", error: error instanceof Error ? error.message : String(error) });
    throw error;
  }
}

function runIdOf(options: AppendDeltaOptions, active: string | undefined): { runId?: string } {
  const runId = options.runId ?? active;
  return runId === undefined ? {} : { runId };
}

type Result = Pick<DeltaCommit, "outcome"> & Partial<DeltaCommit>;

class Append {
  readonly location: string;
  attempts = 0;
  violations: readonly SchemaViolation[] = [];
  readonly #table: Table;
  readonly #options: AppendDeltaOptions;
  #files: NewFile[] = [];
  /** The commit that is being put: it may be there though putting it failed, e.g. to be synced. Then its files must stay. */
  #putting: string | undefined;

  constructor(location: string | URL, table: Table, options: AppendDeltaOptions) {
    this.location = String(location);
    this.#table = table;
    this.#options = options;
  }

  async write(): Promise<Result> {
    const { appId, version, maxAttempts = 100, partitionBy, signal } = this.#options;
    requireSignal(signal);
    requireLimit("maxAttempts", maxAttempts, 1);
    requireTexts("partitionBy", partitionBy);
    if (typeof appId !== "string" || appId === "" || !Number.isSafeInteger(version) || version < 0)
      throw new PitotError(
        "INVALID_ARGUMENT",
        "An idempotent append needs an appId and a version of 0 or more",
        {
          value: `${appId}, ${version}`,
          remedy: "Give what run.nextCommitVersion() gives.",
        },
      );
    if (!Array.isArray((this.#table as Partial<Table> | null)?.schema?.fields))
      throw new PitotError("INVALID_ARGUMENT", "An append needs an Arrow table", {
        value: this.#table,
        remedy: "Make one of your rows with tableFromArrays or tableFromJSON.",
      });
    const root = tableRoot(this.location);
    const written = writtenSchema(this.#table);
    let base = await currentState(root, signal);
    let plan = this.#plan(base, written);
    try {
      for (;;) {
        if ((base?.transactions.get(appId) ?? -1n) >= BigInt(version)) {
          await this.#discard();
          return { outcome: "skipped_duplicate" };
        }
        if (this.attempts >= maxAttempts) {
          await this.#discard();
          return { outcome: "conflict", error: `other writers were faster ${this.attempts} times` };
        }
        signal?.throwIfAborted();
        if (this.attempts === 0) await this.#writeFiles(root, plan);
        this.attempts++;
        const next = (base?.version ?? -1) + 1;
        const { runId } = this.#options;
        const lines = commitLines({ appId, version, runId }, next, plan, this.#files);
        this.#putting = join(root, "_delta_log", commitName(next));
        const put = await putCommit(root, next, lines);
        this.#putting = undefined;
        if (put) {
          const sum = (of: "rows" | "bytes"): number =>
            this.#files.reduce((total, file) => total + file[of], 0);
          const files = this.#files.length;
          const checkpoint = base && (await checkpointAfterCommit(root, next, base));
          const [rows, bytes] = [sum("rows"), sum("bytes")];
          return { outcome: "committed", version: next, files, rows, bytes, checkpoint };
        }
        // Writers that lost together must not meet again.
        await setTimeout(Math.random() * Math.min(10 * this.attempts, 200));
        base = await currentState(root, signal);
        const changed = this.#rebase(base!, plan, written);
        if (changed !== undefined) {
          await this.#discard();
          return { outcome: "conflict", error: changed };
        }
        plan = this.#plan(base, written);
      }
    } catch (error) {
      if (await this.#isNotThere()) await this.#discard();
      throw error;
    }
  }

  /** Why the append no longer fits the table, if it does not. */
  #rebase(base: TableState, plan: AppendPlan, written: Schema): string | undefined {
    const { partitionColumns } = base.metadata;
    if (!hasSamePartitions(partitionColumns, plan.partitionColumns))
      return "another writer made the table with other partition columns";
    const { schema } = tableSchema(base.metadata);
    this.violations = appendViolations(this.location, schema, written);
    return this.violations.length > 0 ? "another writer changed the table's schema" : undefined;
  }

  /** @throws PitotError where the rows do not fit the table, or the table must not be appended to */
  #plan(base: TableState | undefined, written: Schema): AppendPlan {
    const { partitionBy } = this.#options;
    if (base === undefined) return planNewTable(written, partitionBy);
    const plan = planKnownTable(base, partitionBy);
    this.violations = appendViolations(this.location, plan.schema, written);
    assertNoViolations(this.violations);
    return plan;
  }

  async #writeFiles(root: string, plan: AppendPlan): Promise<void> {
    await makeFolder(join(root, "_delta_log"));
    if (this.#table.numRows === 0) return;
    const { schema, partitionColumns, configuration } = plan;
    const { fields } = schema;
    const parts = partitionColumns.map((name) => fields.find((field) => field.name === name)!);
    const data = fields.filter((field) => !partitionColumns.includes(field.name));
    const indexed = Number(configuration["delta.dataSkippingNumIndexedCols"] ?? 32);
    let part = 0;
    const write = async ({ values, folder, rows }: PartitionRows): Promise<void> => {
      const file = encodeDataFile(this.#table, data, rows, Number.isInteger(indexed) ? indexed : 32);
      const name = `part-${String(part++).padStart(5, "0")}-${randomUUID()}-c000.snappy.parquet`;
      const relative = folder === "" ? name : `${folder}/${name}`;
      const path = join(root, relative);
      await makeFolder(dirname(path));
      const entry: NewFile = {
        path,
        rows: file.rows,
        bytes: file.bytes.length,
        action: JSON.stringify({
          add: {
            path: relative.split("/").map(encodeURIComponent).join("/").replaceAll("%3D", "="),
            partitionValues: values,
            size: file.bytes.length,
            modificationTime: Date.now(),
            dataChange: true,
            stats: file.stats,
          },
        }),
      };
      this.#files.push(entry);
      try {
        await writeSynced(path, file.bytes);
      } catch (cause) {
        throw new PitotError("IO", "A data file of the Delta table cannot be written", {
          value: path,
          remedy: "Check the disk and the permissions, then run the write again: it is idempotent.",
          cause,
        });
      }
    };
    // A disk syncs several files in little more time than one.
    await allAhead(partitionRows(this.#table, parts), FILES_AHEAD, write, this.#options.signal);
  }

  /** Whether the commit that was being put, if one was, is surely not there. */
  async #isNotThere(): Promise<boolean> {
    if (this.#putting === undefined) return true;
    return stat(this.#putting).then(
      () => false,
      (error: NodeJS.ErrnoException) => error.code === "ENOENT",
    );
  }

  /** Removes files that no commit names. What cannot be removed is an orphan, which `findOrphans` finds. */
  async #discard(): Promise<void> {
    const files = this.#files;
    this.#files = [];
    await Promise.all(files.map(({ path }) => unlink(path).catch(() => undefined)));
  }
}
