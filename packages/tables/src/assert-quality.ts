import { PitotError } from "@pitot/core";
import type { Data, Table } from "apache-arrow";
import { byteColumn } from "./byte-column.ts";
import { checkList } from "./check-argument.ts";
import { checkLimit } from "./check-spec.ts";
import { checkColumns } from "./quality-table.ts";
import { tableView, type ColumnView, type TableInput } from "./table-input.ts";
import { bit, validWords } from "./validity.ts";

/** Rows of a quality table that share entity kind, issue and source table. */
export interface QualityGroup {
  readonly entityKind: string;
  readonly issue: string;
  readonly sourceTable: string | null;
  readonly rows: number;
}

/** How many rows of a group are too many. A {@link QualityPlanSpec} is one. Fields that are left out match any. */
export interface QualityLimit {
  readonly entityKind?: string;
  readonly issue?: string;
  readonly sourceTable?: string;
  /** `fail` (default): `assertQuality` throws; `warn`: it returns the finding. */
  readonly severity?: "warn" | "fail";
  /** Rows that are still acceptable. Default 0. */
  readonly threshold?: number;
}

/** A group that is over its limit. */
export interface QualityFinding extends QualityGroup {
  readonly severity: "warn" | "fail";
  readonly threshold: number;
}

/**
 * Counts of a quality table by entity kind, issue and source table, in the order of their first rows. Reads buffers; makes text once per run of
 * equal rows.
 * @throws PitotError INVALID_ARGUMENT for what is not a quality table
 */
export function qualityGroups(quality: TableInput): QualityGroup[] {
  const view = tableView(quality);
  checkColumns(view);
  const counts = new Map<string, { -readonly [K in keyof QualityGroup]: QualityGroup[K] }>();
  const pick = (name: string): ColumnView => view.columns.find((column) => column.name === name)!;
  const columns = [pick("entity_kind"), pick("issue"), pick("source_table")];
  columns[0]!.chunks.forEach((first, k) => {
    const readers = columns.map(({ chunks }) => reader(chunks[k]!));
    for (let row = 0; row < first.length;) {
      let next = row + 1;
      while (next < first.length && readers.every(({ same }) => same(next))) next++;
      const texts = readers.map(({ text }) => text(row));
      const key = JSON.stringify(texts);
      const group = counts.get(key);
      if (group === undefined)
        counts.set(key, {
          entityKind: texts[0]!,
          issue: texts[1]!,
          sourceTable: texts[2]!,
          rows: next - row,
        });
      else group.rows += next - row;
      row = next;
    }
  });
  return [...counts.values()];
}

/** Groups over their limits: a check's result. With no limits, every group is a failure. */
export function qualityFindings(
  quality: TableInput,
  limits: readonly QualityLimit[] = [{}],
): QualityFinding[] {
  checkList(limits, "Limits are not a list", "Give a list of limits; the first that matches a group counts.");
  for (const limit of limits) checkLimit(limit);
  return qualityGroups(quality).flatMap((group) => {
    const limit = limits.find(
      ({ entityKind, issue, sourceTable }) =>
        (entityKind ?? group.entityKind) === group.entityKind &&
        (issue ?? group.issue) === group.issue &&
        (sourceTable ?? group.sourceTable) === group.sourceTable,
    );
    const { severity = "fail", threshold = 0 } = limit ?? { threshold: Infinity };
    return group.rows > threshold ? [{ ...group, severity, threshold }] : [];
  });
}

/**
 * For a caller that wants bad data to stop it: one error for all groups over a limit of severity `fail`; the pipeline goes on by
 * default. The first limit that matches a group counts; a group that none matches is acceptable. Returns the findings of severity `warn`.
 *
 * @throws PitotError QUALITY_THRESHOLD with the counts; its `value` is the list of findings
 */
export function assertQuality(
  quality: Table | TableInput,
  limits?: readonly QualityLimit[],
): QualityFinding[] {
  const findings = qualityFindings(quality, limits);
  const failed = findings.filter(({ severity }) => severity === "fail");
  if (failed.length > 0) {
    const lines = failed.map(
      ({ entityKind, issue, sourceTable, rows, threshold }) =>
        `${rows} ${entityKind} ${issue}${sourceTable === null ? "" : ` in ${sourceTable}`} (at most ${threshold})`,
    );
    throw new PitotError("QUALITY_THRESHOLD", `Quality is below its threshold: ${lines.join("; ")}`, {
      value: findings,
      remedy: "Repair the source, or raise the threshold.",
    });
  }
  return findings;
}

/** Reads text of one chunk; `same(row)` compares a row's bytes with those of the row before it. */
function reader(chunk: Data): { text: (row: number) => string | null; same: (row: number) => boolean } {
  const { offsets, data } = byteColumn(chunk);
  const words = validWords(chunk);
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return {
    text: (row) =>
      words !== undefined && bit(words, row) === 0
        ? null
        : bytes.toString("utf8", offsets[row], offsets[row + 1]),
    same: (row) => {
      if (words !== undefined && bit(words, row) !== bit(words, row - 1)) return false;
      const [a, b, end] = [offsets[row - 1]!, offsets[row]!, offsets[row + 1]!];
      if (end - b !== b - a) return false;
      for (let k = 0; k < b - a; k++) if (data[a + k] !== data[b + k]) return false;
      return true;
    },
  };
}
