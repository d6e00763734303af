import type { SchemaViolation } from "@pitot/core";
import type { Schema } from "apache-arrow";
/** What a table's schema must be. */
export interface SchemaContract {
    readonly tableName: string;
    readonly columns: readonly {
        readonly name: string;
        /** As {@link typeString} prints it; left out, any. */
        readonly type?: string;
        /** False: the column must not be nullable. */
        readonly nullable?: boolean;
    }[];
    /** Columns beyond those named are violations. Default false. */
    readonly exact?: boolean;
    /** Schema metadata that must be there. */
    readonly metadata?: Readonly<Record<string, string>>;
}
/** How a schema differs from its contract, for `recordViewContractViolations`; null stands for a table that is not there. Never throws. */
export declare function checkContract(schema: Schema | null, contract: SchemaContract): SchemaViolation[];
