import type { RecordBatch, Schema } from "apache-arrow";
import type { Dataset } from "../dataset/dataset.ts";
import type { Fragment } from "../dataset/fragment-source.ts";
import { orderedAhead } from "../dataset/ordered-ahead.ts";
import { plannedFragments, type PlannedFragment, type PlannedRowGroup } from "../dataset/plan-fragments.ts";
import type { Predicate } from "../predicate/predicate.ts";
import { ScanMeter, type ScanEffectiveness } from "../telemetry/scan-effectiveness.ts";
import { countRowGroup, readRowGroup, type ReadOptions } from "./row-group-reader.ts";
import { requireDataset } from "../dataset/require-dataset.ts";
import { requireCount, requireSignal } from "../require-option.ts";

/** What a scan reads. */
export interface ScanOptions {
  /** Columns, in this order, and parts of structs by their path, `a.b`, of which alone the struct then consists; default all. Lists and maps are read whole. */
  readonly columns?: readonly string[];
  /** Which rows; default all. */
  readonly predicate?: Predicate;
  readonly signal?: AbortSignal;
  /** Row groups that are read while one is worked on; default 1. */
  readonly prefetch?: number;
}

/** One pass over a dataset's batches, and what it read so far. Iterate it once. */
export interface Scan extends AsyncIterable<RecordBatch> {
  /** What the batches have. */
  readonly schema: Schema;
  /** The counts as they are now. */
  readonly effectiveness: ScanEffectiveness;
  /** The fragments with rows that may match, as far as they are planned. */
  readonly fragments: readonly Fragment[];
}

/**
 * The rows of a dataset as Arrow record batches, one for each row group with matching rows, in the dataset's order.
 *
 * Files are left out by partition and log, row groups by statistics; of those left, the predicate's columns are read first, and the others only
 * where a row matches. Batches hold matching rows alone, without deleted ones; partition columns are columns like any other.
 * Memory: `prefetch` + 1 row groups.
 * @throws PitotError INVALID_ARGUMENT for columns and predicates that do not fit the schema, IO and INVALID_DATA while it reads
 */
export function scanBatches(dataset: Dataset, options: ScanOptions = {}): Scan {
  const { predicate, signal } = options;
  requireDataset(dataset);
  requireSignal(signal);
  const schema = dataset.project(options.columns);
  const atOnce = rowGroupsAtOnce(options);
  dataset.check(predicate);
  const meter = new ScanMeter();
  const fragments: Fragment[] = [];
  const asked = dataset.project(predicate?.columns ?? []);
  const read: ReadOptions = { dataset, schema, asked, predicate, meter, signal };
  return {
    schema,
    fragments,
    get effectiveness() {
      return meter.snapshot();
    },
    async *[Symbol.asyncIterator]() {
      const batches = orderedAhead(
        rowGroups(dataset, read, fragments),
        atOnce,
        ([planned, group], stop) => readRowGroup(planned, group, { ...read, signal: stop }),
        signal,
      );
      meter.clock.resume();
      try {
        for await (const batch of batches) {
          if (batch === undefined) continue;
          meter.clock.handOver();
          yield batch;
          meter.clock.resume();
        }
        meter.complete = true;
      } finally {
        meter.clock.handOver();
      }
    },
  };
}

/** A count, and what it took. */
export interface RowCount {
  readonly rows: number;
  readonly effectiveness: ScanEffectiveness;
  readonly fragments: readonly Fragment[];
}

/**
 * How many rows match. Row groups of which statistics prove that all rows match, or none, are not read; of the others only the
 * columns of the predicate are. Without a predicate a table's log may answer without any footer.
 * @throws PitotError as {@link scanBatches} does
 */
export async function countRows(
  dataset: Dataset,
  options: Omit<ScanOptions, "columns"> = {},
): Promise<number> {
  return (await countedRows(dataset, options)).rows;
}

/** {@link countRows}, with what it read. */
export async function countedRows(
  dataset: Dataset,
  options: Omit<ScanOptions, "columns"> = {},
): Promise<RowCount> {
  const { predicate, signal } = options;
  requireDataset(dataset);
  requireSignal(signal);
  const atOnce = rowGroupsAtOnce(options);
  const meter = new ScanMeter();
  const fragments: Fragment[] = [];
  dataset.check(predicate);
  const [schema, asked] = [dataset.project([]), dataset.project(predicate?.columns ?? [])];
  const read: ReadOptions = { dataset, schema, asked, predicate, meter, signal };
  let rows = predicate === undefined ? await countByLog(dataset, meter, fragments, signal) : undefined;
  if (rows === undefined) {
    rows = 0;
    const counts = orderedAhead(
      rowGroups(dataset, read, fragments),
      atOnce,
      async ([planned, group], stop) => {
        if (!group.certain || planned.fragment.deletedRows !== undefined)
          return await countRowGroup(planned, group, { ...read, signal: stop });
        meter.rowGroupsSkippedBy.certain++;
        meter.rowsSkipped += group.rows;
        meter.rowsMatched += group.rows;
        return group.rows;
      },
      signal,
    );
    for await (const count of counts) rows += count;
  }
  meter.complete = true;
  return { rows, effectiveness: meter.snapshot(), fragments };
}

/** @throws PitotError INVALID_ARGUMENT unless `prefetch` is a whole number of 0 or more */
function rowGroupsAtOnce({ prefetch = 1 }: ScanOptions): number {
  requireCount("prefetch", prefetch, 0);
  return prefetch + 1;
}

async function* rowGroups(
  dataset: Dataset,
  options: ReadOptions,
  fragments: Fragment[],
): AsyncGenerator<readonly [PlannedFragment, PlannedRowGroup], void, undefined> {
  for await (const planned of plannedFragments(dataset, options)) {
    fragments.push(planned.fragment);
    for (const group of planned.rowGroups) if (group.rows > 0) yield [planned, group];
  }
}

/** The rows that a table's log counts; undefined where it does not count those of every file. */
async function countByLog(
  dataset: Dataset,
  meter: ScanMeter,
  fragments: Fragment[],
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  const plan = await dataset.plan(undefined, signal);
  if (plan.fragments.some(({ rows, rowGroups: some }) => rows === undefined || some !== undefined))
    return undefined;
  let rows = 0;
  for (const fragment of plan.fragments) {
    const deleted = (await fragment.deletedRows?.())?.count ?? 0;
    meter.rowsDeleted += deleted;
    meter.filesSkippedBy.delta_statistics++;
    meter.bytesTotal += fragment.byteLength ?? 0;
    fragments.push(fragment);
    rows += fragment.rows! - deleted;
  }
  meter.rowsMatched = rows;
  return rows;
}
