import type { TableSchema } from "./table-schema.ts";
/** Version of the table layouts, in each table's metadata. Within a version columns are only added. */
export declare const SCHEMA_VERSION = "1";
/** The tables of a snapshot by name: canonical columns first, then what links a row to its run and span. */
export declare const TABLE_SCHEMAS: Readonly<Record<string, TableSchema>>;
