import type { Table } from "apache-arrow";
import { IdSet } from "./id-set.ts";
import type { QualityOptions, QualityPlanSpec } from "./quality-table.ts";
import { type TableInput } from "./table-input.ts";
/**
 * A quality row for each id that came before: the second and later rows of an id. Nulls are not compared; `qualityFromIds` finds them.
 *
 * @param seen ids of earlier batches; it grows by those of this table. Memory grows with the number of ids, see {@link IdSet}
 * @throws PitotError INVALID_ARGUMENT as `qualityFromIds`, or where `seen` holds ids of another sort
 */
export declare function qualityFromDuplicates(table: TableInput, spec: QualityPlanSpec, options?: QualityOptions & {
    readonly seen?: IdSet;
}): Table;
/**
 * A quality row for each id that is not among `known`: `new IdSet().add(airports, "iata")`. Nulls refer to nothing and are not reported.
 *
 * @throws PitotError INVALID_ARGUMENT as `qualityFromIds`, or where the ids of the two columns cannot be compared
 */
export declare function qualityFromReferences(table: TableInput, spec: QualityPlanSpec, known: IdSet, options?: QualityOptions): Table;
