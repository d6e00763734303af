import { PitotError } from "@pitot/core";
import type { QualityLimit } from "./assert-quality.ts";
import type { QualityPlanSpec } from "./quality-table.ts";

const REMEDY =
  'Give { idCol, entityKind, issue }, all texts; sourceTable may be left out, severity is "warn" or "fail".';

/** @throws PitotError INVALID_ARGUMENT for a spec that lacks a name: its rows could not be told from others */
export function checkSpec(spec: QualityPlanSpec): void {
  for (const name of ["idCol", "entityKind", "issue", "sourceTable"] as const) {
    const value = (spec as Partial<QualityPlanSpec> | undefined)?.[name] as unknown;
    if (typeof value === "string" || (name === "sourceTable" && value === undefined)) continue;
    throw new PitotError("INVALID_ARGUMENT", `A check has no ${name}`, { value, remedy: REMEDY });
  }
  checkLimit(spec);
}

/** @throws PitotError INVALID_ARGUMENT for a limit that would let everything through by a slip of the pen */
export function checkLimit({ severity = "fail", threshold = 0 }: QualityLimit): void {
  if (severity !== "warn" && severity !== "fail")
    throw new PitotError("INVALID_ARGUMENT", "There is no such severity", {
      value: severity,
      remedy: REMEDY,
    });
  if (typeof threshold !== "number" || !(threshold >= 0))
    throw new PitotError("INVALID_ARGUMENT", "A threshold is no number of rows", {
      value: threshold,
      remedy: "Give the rows that are still acceptable, from 0 on.",
    });
}

/** @throws PitotError INVALID_ARGUMENT for what is no ordinal */
export function checkFirstRow(firstRow: number): void {
  if (!Number.isSafeInteger(firstRow) || firstRow < 0)
    throw new PitotError("INVALID_ARGUMENT", "firstRow is no ordinal of a row", {
      value: firstRow,
      remedy: "Give a whole number from 0 on.",
    });
}
