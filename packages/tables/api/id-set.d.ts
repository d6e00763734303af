import { type IdKeys } from "./id-keys.ts";
import { type TableInput } from "./table-input.ts";
/**
 * A set of ids, exact: of 64-bit values in 16–32 bytes each, of text and binary in their bytes and about 20. What duplicates and references are
 * looked for with; carry it from batch to batch of a stream. Nulls are no ids.
 */
export declare class IdSet {
    #private;
    /** Ids in the set. */
    get size(): number;
    /** Adds the ids of a column. @throws PitotError as `qualityFromReferences` */
    add(table: TableInput, column: string): this;
    /**
     * Visits the rows of `keys` that the set has (`adding`: those that it had already, while all are added; else those that it does not have).
     * For this package.
     */
    rows(keys: IdKeys, length: number, column: string, adding: boolean, visit: (row: number) => void): void;
}
