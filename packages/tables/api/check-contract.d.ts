import type { SchemaViolation } from "@pitot/core";
import type { Schema } from "apache-arrow";
/** What a column must be. */
export interface ColumnContract {
    /** A column, or a field inside one by its path: `address.city`. */
    readonly name: string;
    /** As {@link typeString} prints it, nested fields and their `not null` included; left out, any. */
    readonly type?: string;
    /** Whether it may be nullable; left out, either way. */
    readonly nullable?: boolean;
    /** Field metadata that must be there. */
    readonly metadata?: Readonly<Record<string, string>>;
}
/** What a table's schema must be. */
export interface SchemaContract {
    readonly tableName: string;
    readonly columns: readonly ColumnContract[];
    /** Columns beyond those named are violations, a second one of a name too. Default false. */
    readonly exact?: boolean;
    /** Schema metadata that must be there. */
    readonly metadata?: Readonly<Record<string, string>>;
}
/**
 * How a schema differs from its contract, for `recordViewContractViolations`; null stands for a table that is not there.
 * Metadata are told as `key=value`, those of the table without a column's name.
 *
 * @throws PitotError INVALID_ARGUMENT for what is no schema, or no contract: violations are returned
 */
export declare function checkContract(schema: Schema | null, contract: SchemaContract): SchemaViolation[];
