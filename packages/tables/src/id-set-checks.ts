import { PitotError } from "@pitot/core";
import type { Table } from "apache-arrow";
import { checkInstance, checkOptions } from "./check-argument.ts";
import { idKeys } from "./id-keys.ts";
import { IdSet } from "./id-set.ts";
import { idColumnOf } from "./id-type.ts";
import type { QualityOptions, QualityPlanSpec } from "./quality-table.ts";
import { placed, qualityWhere } from "./quality-where.ts";
import { tableView, type TableInput, type TableView } from "./table-input.ts";

/**
 * A quality row for each id that came before: the second and later rows of an id. Nulls are not compared; `qualityFromIds` finds them.
 *
 * @param seen ids of earlier batches; it grows by those of this table. Memory grows with the number of ids, see {@link IdSet}
 * @throws PitotError INVALID_ARGUMENT as `qualityFromIds`, or where `seen` holds ids of another sort
 */
export function qualityFromDuplicates(
  table: TableInput,
  spec: QualityPlanSpec,
  options: QualityOptions & { readonly seen?: IdSet } = {},
): Table {
  checkOptions(options);
  const seen = options.seen ?? new IdSet();
  checkInstance(seen, IdSet);
  const view = tableView(table);
  return qualityWhere(view, spec, options, (rowOf) => byIds(view, spec.idCol, seen, true, rowOf));
}

/**
 * A quality row for each id that is not among `known`: `new IdSet().add(airports, "iata")`. Nulls refer to nothing and are not reported.
 *
 * @throws PitotError INVALID_ARGUMENT as `qualityFromIds`, or where the ids of the two columns cannot be compared
 */
export function qualityFromReferences(
  table: TableInput,
  spec: QualityPlanSpec,
  known: IdSet,
  options: QualityOptions = {},
): Table {
  if (!(known instanceof IdSet))
    throw new PitotError("INVALID_ARGUMENT", "Known ids are not an IdSet", {
      value: known,
      remedy: "Give new IdSet().add(table, column).",
    });
  const view = tableView(table);
  return qualityWhere(view, spec, options, (rowOf) => byIds(view, spec.idCol, known, false, rowOf));
}

/** See `IdSet.rows`. */
function byIds(
  view: TableView,
  idCol: string,
  ids: IdSet,
  adding: boolean,
  rowOf: (row: number) => void,
): void {
  for (const { chunk, base } of placed(idColumnOf(view, idCol)))
    ids.rows(idKeys(chunk), chunk.length, idCol, adding, (row) => rowOf(base + row));
}
