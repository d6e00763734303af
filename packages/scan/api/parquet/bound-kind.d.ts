import { DataType } from "apache-arrow";
import type { SchemaElement } from "./file-metadata.ts";
/** How the bounds of a column are read from bytes; `none` where its type has no order. */
export type BoundKind = "none" | "boolean" | "int32" | "uint32" | "bigInt32" | "int64" | "uint64" | "float" | "double" | "float16" | "text" | "decimalBytes" | "bytes";
/** The kind of a leaf's bounds, by its element and its Arrow type. */
export declare function boundKind(element: SchemaElement, type: DataType): BoundKind;
