import { Schema } from "apache-arrow";
import type { FileMetadata } from "./file-metadata.ts";
import { type SchemaNode } from "./schema-tree.ts";
/**
 * The Arrow schema of a Parquet file, as pyarrow reads it: from the Parquet types, and then what Arrow stored beside them for what Parquet
 * cannot say. A field's id is its metadata `PARQUET:field_id`; the file's key-value metadata are the schema's.
 *
 * Throws INVALID_DATA for lists and maps of a shape that no rule of the format reads. A stored schema that is broken counts as absent.
 */
export declare function arrowSchema(metadata: FileMetadata): Schema;
/** Whether a list has three levels: its repeated group only wraps the item. */
export declare function wrapsItem(list: SchemaNode, repeated: SchemaNode): boolean;
