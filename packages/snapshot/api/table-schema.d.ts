/** The Arrow types that tables of a snapshot are made of. `dictionary` has int32 indices. */
export type ColumnType = "utf8" | "dictionary<utf8>" | "int32" | "int64" | "float64" | "bool" | "binary" | "list<utf8>" | "timestamp[ns, UTC]";
/** One column. */
export interface ColumnSchema {
    readonly name: string;
    readonly type: ColumnType;
    readonly nullable: boolean;
}
/** The columns of a table, and the metadata that its Arrow schema carries. */
export interface TableSchema {
    readonly columns: readonly ColumnSchema[];
    readonly metadata: Readonly<Record<string, string>>;
}
