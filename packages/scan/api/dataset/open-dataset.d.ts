import { Schema, type DataType } from "apache-arrow";
import type { AsyncBuffer } from "hyparquet";
import { type DeltaSourceOptions } from "../delta/delta-source.ts";
import { type HttpSourceOptions } from "../io/http-source.ts";
import { Dataset } from "./dataset.ts";
import type { FragmentSource } from "./fragment-source.ts";
/** Where data lies: a path, a `file:` or `http(s):` URL, or a buffer of hyparquet's. */
export type DatasetLocation = string | URL | AsyncBuffer;
/** How a dataset is opened. Of a Delta table its log tells schema and partitions; `version`, `timestamp`, `allowedFolders` and `timeZone` are for it alone. */
export interface OpenDatasetOptions extends DeltaSourceOptions {
    /** Default: `delta` for a folder that has a `_delta_log`, else `parquet`. */
    readonly format?: "parquet" | "delta";
    /** Low-cardinality name, for telemetry; default the last part of the location. */
    readonly name?: string;
    /** Schema to read in, partition columns left out; default is found in the footers. */
    readonly schema?: Schema;
    /** Whose footers make the schema: of `all` files (default), or of the `first` alone, which opens fast but misses columns that came later. */
    readonly inspect?: "all" | "first";
    /** `hive` (default): folders named `key=value` are columns. `none`: they are names. */
    readonly partitioning?: "hive" | "none";
    /** Types of partition columns where they are not int32 or text. */
    readonly partitionTypes?: Readonly<Record<string, DataType>>;
    /** Files that are looked at at once; default 16. */
    readonly concurrency?: number;
    /** How URLs are reached, e.g. with which headers. */
    readonly http?: HttpSourceOptions;
}
/**
 * Opens Parquet files as one dataset: a file, a folder (partitioned or not), a glob, a URL, a buffer, or a list of files, URLs and buffers; or one
 * version of a Delta table.
 *
 * In folders and globs, what has a part of its path that begins with `.` or `_` is left out, whatever else there is must be Parquet, and the order is
 * that of the paths' bytes. Costs the listing and, unless `schema` is given, one request per footer. An empty folder has no
 * files and no rows.
 * @throws PitotError IO, INVALID_DATA for what cannot be read or is not Parquet, INVALID_ARGUMENT for a location that makes no sense
 */
export declare function openDataset(location: DatasetLocation | readonly DatasetLocation[], options?: OpenDatasetOptions): Promise<Dataset>;
/** A dataset over any source of fragments, e.g. a table format's. */
export declare function openSource(source: FragmentSource, options?: {
    readonly name?: string;
    readonly concurrency?: number;
}): Dataset;
