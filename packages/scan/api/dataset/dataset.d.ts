import type { DataType, Schema } from "apache-arrow";
import type { Predicate } from "../predicate/predicate.ts";
import type { FragmentPlan, FragmentSource } from "./fragment-source.ts";
/** Files, or a table, that can be scanned. Cheap to keep: it holds the listing, not the data. */
export declare class Dataset {
    /** Low-cardinality name, for telemetry. */
    readonly name: string;
    readonly source: FragmentSource;
    /** Files whose footers are read at once. */
    readonly concurrency: number;
    /** Types of the partition columns. */
    readonly partitionTypes: ReadonlyMap<string, DataType>;
    /** @throws PitotError INVALID_ARGUMENT unless `name` is a text, and `concurrency` a whole number above 0 */
    constructor(source: FragmentSource, name: string, concurrency?: number);
    /** All columns, partition columns last. */
    get schema(): Schema;
    get location(): string;
    get format(): FragmentSource["format"];
    /**
     * The files that a scan must look at; those that it need not, by their partition or the table's log, stand apart.
     * @throws PitotError INVALID_ARGUMENT where the predicate does not fit the schema
     */
    plan(predicate?: Predicate, signal?: AbortSignal): Promise<FragmentPlan>;
    /** @throws PitotError INVALID_ARGUMENT where the predicate asks for a column that is not there, or for a value that it never holds */
    check(predicate: Predicate | undefined): void;
    /**
     * The schema of some columns, in the order asked for; all where `columns` is undefined. Of a struct, a path such as `a.b` chooses a part.
     * @throws PitotError INVALID_ARGUMENT for a column that is not there, or is named twice
     */
    project(columns: readonly string[] | undefined): Schema;
}
