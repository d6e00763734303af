import { leafType } from "../dataset/column-types.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { plannedFragments, type PlannedFragment } from "../dataset/plan-fragments.ts";
import { usableBounds } from "../predicate/bounds-facts.ts";
import type { Predicate } from "../predicate/predicate.ts";
import { ScanMeter, type ScanEffectiveness } from "../telemetry/scan-effectiveness.ts";
import { columnSeparation, type ColumnSeparation, type RowRange } from "./column-separation.ts";

// What engines write by default lies between; beyond it either pruning or the cost of footers suffers.
const SMALL_ROW_GROUP = 1024 * 1024;
const LARGE_ROW_GROUP = 512 * 1024 * 1024;
const SMALL_FILE = 1024 * 1024;
// Less is read in one request, whatever share of small files it is.
const LARGE_FOOTERS = 64 * 1024;

/** One thing that makes a scan slower than it needs to be. */
export interface ScanFinding {
  readonly code:
    | "NO_STATISTICS"
    | "RANGES_OVERLAP"
    | "SORT_WOULD_SKIP"
    | "SMALL_ROW_GROUPS"
    | "LARGE_ROW_GROUPS"
    | "SMALL_FILES"
    | "LARGE_FOOTERS";
  /** Leaf path, where it is about a column. */
  readonly column?: string;
  /** What is so, with figures. */
  readonly message: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** What a predicate skips of a dataset, and what it could. */
export interface ScanExplanation {
  readonly dataset: string;
  readonly predicate: string | null;
  /** Of planning alone: no data was read. */
  readonly effectiveness: ScanEffectiveness;
  readonly columns: readonly ColumnSeparation[];
  readonly findings: readonly ScanFinding[];
  /** All of it, for a person. */
  readonly text: string;
}

/**
 * Says what a scan with this predicate would skip and why not more: how well the ranges of the predicate's columns separate row groups, what sorting
 * by a column would skip, and how row groups, files and footers compare with what is usual. Reads the footers of all files.
 * @throws PitotError as `scanBatches` does
 */
export async function explainScan(
  dataset: Dataset,
  predicate?: Predicate,
  options: { readonly signal?: AbortSignal } = {},
): Promise<ScanExplanation> {
  const { signal } = options;
  const meter = new ScanMeter();
  const survey = new Survey(predicate?.columns ?? []);
  for await (const planned of plannedFragments(dataset, { signal })) survey.add(planned, dataset);
  for await (const planned of plannedFragments(dataset, { predicate, signal, meter }))
    meter.rowGroupsRead += planned.rowGroups.length;
  meter.complete = true;
  const effectiveness = meter.snapshot();
  const columns = survey.columns
    .filter(({ path }) => !dataset.partitionTypes.has(path))
    .map(({ path, ranges }) => columnSeparation(path, ranges, leafType(dataset.schema, path)!, predicate!));
  const findings = [
    ...columns.flatMap((column) => columnFindings(column, effectiveness)),
    ...survey.findings(),
  ];
  const shown = predicate?.toString() ?? null;
  return {
    dataset: dataset.name,
    predicate: shown,
    effectiveness,
    columns,
    findings,
    text: explanationText(dataset.name, shown, effectiveness, columns, findings),
  };
}

/** What all files have, whatever the predicate. */
class Survey {
  readonly columns: readonly { path: string; ranges: RowRange[] }[];
  #files = 0;
  #fileBytes = 0;
  #footerBytes = 0;
  #rowGroups = 0;
  #rowGroupBytes = 0;
  #rows = 0;

  constructor(paths: readonly string[]) {
    this.columns = paths.map((path) => ({ path, ranges: [] }));
  }

  add({ fragment, footer, rowGroups }: PlannedFragment, dataset: Dataset): void {
    this.#files++;
    this.#fileBytes += footer.fileBytes;
    this.#footerBytes += footer.footerBytes;
    for (const { index, rows } of rowGroups) {
      this.#rowGroups++;
      this.#rows += rows;
      this.#rowGroupBytes += footer
        .rowGroup(index)
        .columns.reduce((sum, chunk) => sum + chunk.totalCompressedSize, 0);
      const boundsOf = footer.bounds(index, fragment, dataset);
      for (const { path, ranges } of this.columns) {
        const bounds = boundsOf(path)?.bounds;
        ranges.push({
          rows,
          nulls: bounds?.nullCount ?? (rows === 0 ? 0 : undefined),
          ...(bounds !== undefined && usableBounds(bounds)),
        });
      }
    }
  }

  findings(): ScanFinding[] {
    const findings: ScanFinding[] = [];
    const bytes = this.#rowGroups === 0 ? 0 : this.#rowGroupBytes / this.#rowGroups;
    const rows = this.#rowGroups === 0 ? 0 : Math.round(this.#rows / this.#rowGroups);
    if (this.#rowGroups > this.#files && bytes < SMALL_ROW_GROUP && this.#rowGroups > 1)
      findings.push({
        code: "SMALL_ROW_GROUPS",
        message: `Row groups are small: ${size(bytes)} and ${rows} rows each`,
        remedy:
          "Write row groups of 100,000 rows or more, so that requests are fewer and columns compress better",
      });
    if (bytes > LARGE_ROW_GROUP)
      findings.push({
        code: "LARGE_ROW_GROUPS",
        message: `Row groups are large: ${size(bytes)} and ${rows} rows each`,
        remedy: "Write smaller row groups, so that statistics can skip more and readers need less memory",
      });
    if (this.#files > 8 && this.#fileBytes / this.#files < SMALL_FILE)
      findings.push({
        code: "SMALL_FILES",
        message: `There are ${this.#files} files of ${size(this.#fileBytes / this.#files)}`,
        remedy: "Compact them: each costs a footer request before any data is read",
      });
    if (this.#footerBytes > Math.max(LARGE_FOOTERS, 0.1 * this.#fileBytes))
      findings.push({
        code: "LARGE_FOOTERS",
        message: `Footers are ${percent(this.#footerBytes / this.#fileBytes)} of the files`,
        remedy: "Write larger row groups, or statistics of fewer columns",
      });
    return findings;
  }
}

function columnFindings(column: ColumnSeparation, { rowGroups }: ScanEffectiveness): ScanFinding[] {
  const { path, rowGroups: total, withoutStatistics, overlap, sortedRead } = column;
  const findings: ScanFinding[] = [];
  if (withoutStatistics > 0)
    findings.push({
      code: "NO_STATISTICS",
      column: path,
      message: `${withoutStatistics} of ${total} row groups have no bounds of ${path}`,
      remedy: "Write the files with statistics of this column",
    });
  // Where sorting would skip no more, ranges that overlap are no fault: all values may be the same, or asked for.
  const isBetterSorted = rowGroups.read > 0 && (sortedRead === null || sortedRead < rowGroups.read);
  if (overlap !== null && overlap > 0.5 && total > 1 && isBetterSorted)
    findings.push({
      code: "RANGES_OVERLAP",
      column: path,
      message: `A value of ${path} lies in the range of ${percent(overlap)} of the row groups, so few can be skipped by it`,
      remedy: `Sort by ${path} when writing, or partition by it where it has few values`,
    });
  if (sortedRead !== null && isBetterSorted)
    findings.push({
      code: "SORT_WOULD_SKIP",
      column: path,
      message: `Sorted by ${path}, about ${sortedRead} of ${total} row groups would be read instead of ${rowGroups.read}`,
      remedy: `Sort by ${path} when writing`,
    });
  return findings;
}

function explanationText(
  dataset: string,
  predicate: string | null,
  { files, rowGroups, bytes }: ScanEffectiveness,
  columns: readonly ColumnSeparation[],
  findings: readonly ScanFinding[],
): string {
  return [
    `${dataset}${predicate === null ? "" : ` where ${predicate}`}`,
    `  reads ${rowGroups.read} of ${rowGroups.total} row groups in ${files.read} of ${files.total} files (${size(bytes.total)})`,
    ...columns.map(
      ({ path, overlap, withoutStatistics }) =>
        `  ${path}: ${overlap === null ? (withoutStatistics > 0 ? "no bounds" : "no values") : `a value lies in ${percent(overlap)} of the row groups' ranges`}`,
    ),
    ...findings.map(({ message, remedy }) => `  ! ${message}. ${remedy}.`),
    ...(findings.length === 0 ? ["  nothing to improve"] : []),
  ].join("\n");
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function size(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
