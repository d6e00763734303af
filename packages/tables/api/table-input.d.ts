import { type Data, type DataType, type RecordBatch, type Schema, type Table, type Vector } from "apache-arrow";
/** Values of one column: an Arrow vector, a typed array, or a list (null where there is no value) whose type is taken from its values. */
export type ColumnInput = Vector | readonly unknown[] | NodeJS.TypedArray;
/**
 * What every function of this package takes as a table: an apache-arrow table or record batch (of any copy of the library), the bytes of
 * an Arrow IPC stream or file, or columns by name.
 */
export type TableInput = Table | RecordBatch | Uint8Array | ArrayBuffer | Readonly<Record<string, ColumnInput>>;
/** A column of a {@link TableView}. */
export interface ColumnView {
    readonly name: string;
    readonly type: DataType;
    readonly chunks: readonly Data[];
}
/** A table as kernels read it: chunks of buffers per column, checked against their lengths. All columns are cut at the same rows. */
export interface TableView {
    readonly schema: Schema;
    readonly rows: number;
    readonly columns: readonly ColumnView[];
}
/**
 * Reads a table; copies no values of Arrow input. What is a table is told by shape, since two copies of apache-arrow (its ES and its
 * CommonJS build) may be loaded in one process.
 *
 * @throws PitotError INVALID_ARGUMENT for what is no table, INVALID_DATA for broken buffers or IPC, UNSUPPORTED for types that apache-arrow does not read
 */
export declare function tableView(input: TableInput): TableView;
/** True for what {@link tableView} takes as one table without further iteration; a stream of batches is not. */
export declare function isTableInput(input: unknown): input is TableInput;
/** True for one table of Arrow, as objects or as bytes: for what is not columns by name. */
export declare function isArrow(input: object): boolean;
/**
 * The first column of that name.
 * @throws PitotError INVALID_ARGUMENT naming it and listing the nearest of those there are
 */
export declare function columnOf(view: TableView, name: string): ColumnView;
