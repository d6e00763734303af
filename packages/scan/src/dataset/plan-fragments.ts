import { isCertain } from "../predicate/outcomes.ts";
import type { Predicate } from "../predicate/predicate.ts";
import type { ScanMeter } from "../telemetry/scan-effectiveness.ts";
import type { Dataset } from "./dataset.ts";
import type { FileFooter } from "./file-footer.ts";
import { footerOf } from "./footer-cache.ts";
import type { Fragment, FragmentPlan, SkipReason } from "./fragment-source.ts";
import { withRowGroups } from "./fragment-parts.ts";
import { requireDataset } from "./require-dataset.ts";
import { orderedAhead } from "./ordered-ahead.ts";

/** A row group that may have matching rows. */
export interface PlannedRowGroup {
  /** Place in the file. */
  readonly index: number;
  readonly rows: number;
  /** Place of its first row in the file. */
  readonly firstRow: number;
  /** Whether all rows match, for sure. */
  readonly certain: boolean;
}

/** What is to be read of a file. */
export interface PlannedFragment {
  /** Covers the planned row groups only. */
  readonly fragment: Fragment;
  readonly footer: FileFooter;
  readonly rowGroups: readonly PlannedRowGroup[];
}

/** How a plan is made. */
export interface PlanOptions {
  readonly predicate?: Predicate | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly meter?: ScanMeter | undefined;
}

/**
 * The fragments of a dataset with rows that may match, in its order: files by the source's plan, row groups by their statistics. Files without any
 * are left out. Footers are read ahead, bounded by the dataset's concurrency.
 */
export async function* plannedFragments(
  dataset: Dataset,
  { predicate, signal, meter }: PlanOptions = {},
): AsyncGenerator<PlannedFragment, void, undefined> {
  requireDataset(dataset);
  const timed = <Result>(work: () => Promise<Result>): Promise<Result> =>
    meter === undefined ? work() : meter.clock.planning(work);
  const plan = await timed(() => dataset.plan(predicate, signal));
  if (meter !== undefined) countSkipped(plan, meter);
  const planned = orderedAhead(
    plan.fragments,
    dataset.concurrency,
    (fragment, stop) => planFragment(dataset, fragment, { predicate, signal: stop, meter }),
    signal,
  );
  try {
    for (;;) {
      const next = await timed(() => planned.next());
      if (next.done === true) return;
      if (next.value.rowGroups.length > 0 || next.value.footer.metadata.rowGroups.length === 0) {
        if (meter !== undefined) meter.filesRead++;
        yield next.value;
      } else if (meter !== undefined) meter.filesSkippedBy.statistics++;
    }
  } finally {
    await planned.return();
  }
}

function countSkipped({ skipped, skippedBy }: FragmentPlan, meter: ScanMeter): void {
  const count = (reason: SkipReason, files: number, bytes: number): void => {
    meter.filesSkippedBy[reason] += files;
    meter.bytesTotal += bytes;
  };
  if (skippedBy === undefined)
    for (const { fragment, reason } of skipped) count(reason, 1, fragment.byteLength ?? 0);
  else for (const [reason, { files, bytes }] of skippedBy) count(reason, files, bytes);
}

/** What is to be read of one file. */
async function planFragment(
  dataset: Dataset,
  fragment: Fragment,
  { predicate, signal, meter }: PlanOptions,
): Promise<PlannedFragment> {
  const footer = await footerOf(fragment, { signal, meter });
  const all = footer.metadata.rowGroups.map((_, index) => index);
  const rowGroups: PlannedRowGroup[] = [];
  for (const index of fragment.rowGroups ?? all) {
    const rows = footer.rowGroup(index).numRows;
    const outcomes = predicate?.outcomes(footer.bounds(index, fragment, dataset));
    if (outcomes === undefined || outcomes.canBeTrue)
      rowGroups.push({
        index,
        rows,
        firstRow: footer.firstRows[index]!,
        certain: outcomes === undefined || isCertain(outcomes),
      });
    else if (meter !== undefined) {
      meter.rowGroupsSkippedBy.statistics++;
      meter.rowsSkipped += rows;
    }
  }
  if (meter !== undefined) meter.bytesTotal += footer.fileBytes;
  const whole = rowGroups.length === all.length;
  return {
    fragment: whole
      ? fragment
      : withRowGroups(
          fragment,
          rowGroups.map(({ index }) => index),
        ),
    footer,
    rowGroups,
  };
}
