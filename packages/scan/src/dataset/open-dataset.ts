import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { PitotError } from "@pitot/core";
import { Field, Schema, type DataType } from "apache-arrow";
import type { AsyncBuffer } from "hyparquet";
import { asyncBufferSource } from "../io/async-buffer.ts";
import { deltaSource, type DeltaSourceOptions } from "../delta/delta-source.ts";
import { hasLog } from "../delta/log-listing.ts";
import { fileSource } from "../io/file-source.ts";
import { httpSource, type HttpSourceOptions } from "../io/http-source.ts";
import { sharedSource } from "../io/shared-source.ts";
import { Dataset } from "./dataset.ts";
import { filesBelow, filesMatching, foundFile, isGlob, type FoundFile } from "./discover-files.ts";
import { FileListing } from "./file-listing.ts";
import { footerOf } from "./footer-cache.ts";
import { fileFragment } from "./fragment-parts.ts";
import type { Fragment, FragmentSource } from "./fragment-source.ts";
import { hiveKeys, partitionTypes, partitionValue } from "./hive-partitions.ts";
import { allAhead } from "./ordered-ahead.ts";
import { unifySchemas } from "./unify-schemas.ts";
import { requireCount, requireOption, requireSignal } from "../require-option.ts";

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
export async function openDataset(
  location: DatasetLocation | readonly DatasetLocation[],
  options: OpenDatasetOptions = {},
): Promise<Dataset> {
  const { concurrency, partitioning } = checkedOptions(options);
  if (await isTable(location, options))
    return openSource(await deltaSource(location as string | URL, options), options);
  const { root, kind, files } = await list(location, concurrency, options);
  const keys = files.map(({ path }) =>
    partitioning === "hive" ? hiveKeys(path) : new Map<string, string | null>(),
  );
  const types = partitionTypes(keys, options.partitionTypes);
  const unknown = Object.keys(options.partitionTypes ?? {}).find((key) => !types.has(key));
  if (unknown !== undefined && files.length > 0)
    throw new PitotError("INVALID_ARGUMENT", "partitionTypes has a column that no file is partitioned by", {
      value: unknown,
      remedy: `Choose from ${[...types.keys()].join(", ") || "none: the files are not partitioned"}`,
    });
  const fragments = files.map((file, i) =>
    fileFragment({
      ...file,
      partition: new Map(
        [...keys[i]!].map(([key, text]) => [key, partitionValue(text, types.get(key)!, key)]),
      ),
    }),
  );
  const columns = options.schema ?? (await inspect(fragments, options, concurrency));
  return openSource(
    new FileListing({
      location: root,
      schema: withPartitions(columns, types),
      partitionTypes: types,
      discovery: { kind, partitioning, files: files.length, ignore: [".", "_"], order: "bytes" },
      fragments,
    }),
    options,
  );
}

/** @throws PitotError INVALID_ARGUMENT for options that are none */
function checkedOptions(options: OpenDatasetOptions): { concurrency: number; partitioning: "hive" | "none" } {
  const {
    concurrency = 16,
    partitioning = "hive",
    inspect: which = "all",
    format = "parquet",
    schema,
    partitionTypes: types = {},
    http = {},
  } = options;
  requireSignal(options.signal);
  requireCount("concurrency", concurrency, 1);
  const chosen: readonly (readonly [name: string, value: unknown, isKnown: boolean, known: string])[] = [
    ["name", options.name, ["undefined", "string"].includes(typeof options.name), "a text"],
    ["partitioning", partitioning, ["hive", "none"].includes(partitioning), "hive or none"],
    ["inspect", which, ["all", "first"].includes(which), "all or first"],
    ["format", format, ["parquet", "delta"].includes(format), "parquet or delta"],
    ["schema", schema, schema === undefined || isSchema(schema), "an Arrow schema"],
    ["partitionTypes", types, isObject(types) && Object.values(types).every(isType), "Arrow types by column"],
    ["http", http, isObject(http), "an object"],
  ];
  for (const option of chosen) requireOption(...option);
  return { concurrency, partitioning };
}

/** By what it has, since an application may have another copy of Arrow. */
function isSchema(schema: Partial<Schema> | null): boolean {
  return (
    Array.isArray(schema?.fields) &&
    schema.fields.every((field: Partial<Field> | null) => isType(field?.type))
  );
}

function isType(type: Partial<DataType> | null | undefined): boolean {
  return typeof type?.typeId === "number";
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

/** @throws PitotError INVALID_ARGUMENT where options of a table are given for something else */
async function isTable(
  location: DatasetLocation | readonly DatasetLocation[],
  { format, version, timestamp }: OpenDatasetOptions,
): Promise<boolean> {
  if (format === "parquet") return false;
  const single = typeof location === "string" || location instanceof URL ? location : undefined;
  if (single !== undefined) {
    if (format === "delta") return true;
    if (!/^https?:\/\//i.test(String(single)) && (await hasLog(localPath(single)!))) return true;
  }
  if (format === "delta" || version !== undefined || timestamp !== undefined)
    throw new PitotError("INVALID_ARGUMENT", "This is no Delta table", {
      value: location,
      remedy: "Give the folder that holds _delta_log, or leave format, version and timestamp out",
    });
  return false;
}

/** A dataset over any source of fragments, e.g. a table format's. */
export function openSource(
  source: FragmentSource,
  options: { readonly name?: string; readonly concurrency?: number } = {},
): Dataset {
  return new Dataset(source, options.name ?? nameOf(source.location), options.concurrency);
}

type OpenFile = FoundFile & { open: Fragment["open"] };

async function list(
  location: DatasetLocation | readonly DatasetLocation[],
  concurrency: number,
  { signal, http }: OpenDatasetOptions,
): Promise<{ root: string; kind: string; files: OpenFile[] }> {
  if (Array.isArray(location)) {
    const files = await allAhead(
      (location as readonly DatasetLocation[]).map((item, i) => [item, i] as const),
      concurrency,
      ([item, i]) => oneFile(item, i, http),
      signal,
    );
    return { root: commonFolder(files.map((file) => file.location)), kind: "list", files };
  }
  const single = location as DatasetLocation;
  const path = localPath(single);
  if (path === undefined) {
    const file = await oneFile(single, 0, http);
    return { root: file.location, kind: "file", files: [file] };
  }
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true)
    return { root: path, kind: "folder", files: (await filesBelow(path, concurrency, signal)).map(local) };
  if (found === undefined && typeof single === "string" && isGlob(single)) {
    const { root, files } = await filesMatching(single, concurrency, signal);
    return { root, kind: "glob", files: files.map(local) };
  }
  return { root: path, kind: "file", files: [await oneFile(single, 0, http)] };
}

async function oneFile(item: DatasetLocation, index: number, http?: HttpSourceOptions): Promise<OpenFile> {
  if (typeof item === "string" || item instanceof URL) {
    const url = String(item);
    const path = localPath(item);
    if (path !== undefined) return local(await foundFile(url, path));
    // One source for all reads: it knows the file's version, and has the whole file where the server gives no ranges.
    const source = sharedSource(httpSource(url, http));
    return {
      path: source.location,
      location: source.location,
      byteLength: undefined,
      open: async () => source,
    };
  }
  if (
    typeof (item as AsyncBuffer | undefined)?.slice !== "function" ||
    !Number.isSafeInteger(item.byteLength)
  )
    throw new PitotError("INVALID_ARGUMENT", "This is no place of data", {
      value: item,
      remedy: "Give a path, a URL, or an AsyncBuffer { byteLength, slice(start, end) }",
    });
  const name = `buffer-${index}`;
  return {
    path: name,
    location: name,
    byteLength: item.byteLength,
    open: async () => asyncBufferSource(item, name),
  };
}

function local(file: FoundFile): OpenFile {
  // One source for all reads: it notices a file that is changed between two of them.
  const source = sharedSource(fileSource(file.location));
  return { ...file, open: async () => source };
}

/** The path of what is a file here; undefined for URLs of elsewhere and buffers. */
function localPath(item: DatasetLocation): string | undefined {
  if (typeof item !== "string" && !(item instanceof URL)) return undefined;
  const text = String(item);
  if (/^https?:\/\//i.test(text)) return undefined;
  if (/^file:\/\//i.test(text)) return fileURLToPath(text);
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(text))
    throw new PitotError("INVALID_ARGUMENT", "There is no reader for URLs such as", {
      value: text,
      remedy: "Give an http(s) URL, a path, or an AsyncBuffer that reads it",
    });
  if (text === "")
    throw new PitotError("INVALID_ARGUMENT", "The place of a dataset is empty", {
      value: text,
      remedy: "Give a path; the working folder is '.'",
    });
  return resolve(text);
}

async function inspect(
  fragments: readonly Fragment[],
  { inspect: which = "all", signal }: OpenDatasetOptions,
  concurrency: number,
): Promise<Schema> {
  const schemas = await allAhead(
    which === "first" ? fragments.slice(0, 1) : fragments,
    concurrency,
    async (fragment, stop) => ({
      schema: (await footerOf(fragment, { signal: stop })).schema,
      location: fragment.location,
    }),
    signal,
  );
  return unifySchemas(schemas);
}

/** Partition columns last. A file's own column of that name gives way: the folder is what pruning goes by. */
function withPartitions(schema: Schema, types: ReadonlyMap<string, DataType>): Schema {
  if (types.size === 0) return schema;
  return new Schema(
    [
      ...schema.fields.filter((field) => !types.has(field.name)),
      ...Array.from(types, ([name, type]) => new Field(name, type, true)),
    ],
    schema.metadata,
  );
}

function commonFolder(locations: readonly string[]): string {
  const parts = locations.map((location) => location.split("/").slice(0, -1));
  const [first = []] = parts;
  let depth = 0;
  while (depth < first.length && parts.every((other) => other[depth] === first[depth])) depth++;
  return first.slice(0, depth).join("/");
}

function nameOf(location: string): string {
  const path = location.replace(/[?#].*$/, "").replace(/\/+$/, "");
  return basename(path).replace(/\.(parquet|parq|pq)$/i, "") || "dataset";
}
