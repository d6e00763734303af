import type { QualityLimit } from "./assert-quality.ts";
import { checkList, checkOptions, isObject, refused } from "./check-argument.ts";
import type { QualityOptions, QualityPlanSpec } from "./quality-table.ts";

const REMEDY =
  'Give { idCol, entityKind, issue }, all texts; sourceTable may be left out, severity is "warn" or "fail".';

/** @throws PitotError INVALID_ARGUMENT for a spec that lacks a name: its rows could not be told from others */
export function checkSpec(spec: QualityPlanSpec): void {
  for (const name of ["idCol", "entityKind", "issue", "sourceTable"] as const) {
    const value = (spec as Partial<QualityPlanSpec> | undefined)?.[name] as unknown;
    if (typeof value === "string" || (name === "sourceTable" && value === undefined)) continue;
    throw refused(`A check has no ${name}`, value, REMEDY);
  }
  checkLimit(spec);
}

/** @throws PitotError INVALID_ARGUMENT for what is no list of specs */
export function checkSpecs(specs: readonly QualityPlanSpec[]): void {
  checkList(specs, "Checks are not a list", "Give a list of specs, or use qualityFromIds for one.");
  for (const spec of specs) checkSpec(spec);
}

/** @throws PitotError INVALID_ARGUMENT for a limit that would let everything through by a slip of the pen */
export function checkLimit(limit: QualityLimit): void {
  if (!isObject(limit))
    throw refused("A limit is not an object", limit, "Give { issue, threshold, severity }, or {} for all.");
  for (const name of ["entityKind", "issue", "sourceTable"] as const)
    if (typeof (limit[name] ?? "") !== "string")
      throw refused(`A limit's ${name} is no text`, limit[name], "Leave it out for any.");
  const { severity = "fail", threshold = 0 } = limit;
  if (severity !== "warn" && severity !== "fail")
    throw refused("There is no such severity", severity, REMEDY);
  if (typeof threshold !== "number" || !(threshold >= 0))
    throw refused(
      "A threshold is no number of rows",
      threshold,
      "Give the rows that are still acceptable, from 0 on.",
    );
}

/** Options with their defaults. @throws PitotError INVALID_ARGUMENT for what is no ordinal, or no options */
export function checkedOptions(options: QualityOptions): Required<QualityOptions> {
  checkOptions(options);
  const { ordinals = false, firstRow = 0 } = options;
  if (typeof ordinals !== "boolean")
    throw refused("ordinals is neither true nor false", ordinals, "Give true for the column row_ordinal.");
  if (!Number.isSafeInteger(firstRow) || firstRow < 0)
    throw refused("firstRow is no ordinal of a row", firstRow, "Give a whole number from 0 on.");
  return { ordinals, firstRow };
}
