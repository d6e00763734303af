import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  parquetMetadataAsync,
  parquetReadObjects,
  type AsyncBuffer,
  type CompressionCodec,
  type FileMetaData,
} from "hyparquet";
import { PitotError } from "@pitot/core";
import { FileFooter } from "../dataset/file-footer.ts";
import { asAsyncBuffer } from "../io/async-buffer.ts";
import { fileSource } from "../io/file-source.ts";
import { readFooter } from "../parquet/read-footer.ts";
import { CheckedChunks, codecOf } from "../reading/checked-chunks.ts";
import { CheckpointAdds } from "./checkpoint-adds.ts";
import { visitCommit } from "./commit-reader.ts";
import type { ExactObject, ExactValue } from "./exact-json.ts";
import { visitAction, type ActionVisitor } from "./log-actions.ts";
import { logError, type LogPlace } from "./log-error.ts";
import { readChunk } from "./leaf-chunk.ts";
import { leafDefinitions } from "./leaf-pages.ts";
import type { CheckpointFiles } from "./log-listing.ts";
import { resolveTablePath } from "./table-path.ts";

/** Of `add`, what a snapshot needs; the rest (tags, row ids, parsed partition values) is not read. */
const ADD_FIELDS: ReadonlySet<string> = new Set([
  "path",
  "partitionValues",
  "size",
  "stats",
  "deletionVector",
]);
const ACTIONS: ReadonlySet<string> = new Set([
  "add",
  "protocol",
  "metaData",
  "txn",
  "domainMetadata",
  "checkpointMetadata",
  "sidecar",
]);

/** How a checkpoint is read. */
export interface ReadCheckpointOptions {
  readonly signal?: AbortSignal | undefined;
  /** Hands over removed files too. A snapshot needs none: a checkpoint's files are those that are left. */
  readonly tombstones?: boolean;
  /** False where the table's files are not asked for, which is most of a checkpoint. */
  readonly files?: boolean;
}

/**
 * Hands every action of a checkpoint to the visitor, row group by row group.
 * @throws PitotError INVALID_DATA that names the file, where it is no checkpoint or a sidecar is missing or of another size
 */
export async function readCheckpoint(
  folder: string,
  { version, kind, names }: CheckpointFiles,
  visitor: ActionVisitor,
  { signal, tombstones = false, files = true }: ReadCheckpointOptions = {},
): Promise<void> {
  const wanted = new Set(ACTIONS);
  if (tombstones) wanted.add("remove");
  if (!files) wanted.delete("add");
  const sidecars: { path: string; size: unknown; place: LogPlace }[] = [];
  const visit = (row: ExactObject, place: LogPlace): void => {
    const { checkpointMetadata, sidecar } = row;
    if (checkpointMetadata != null) {
      const told = (checkpointMetadata as ExactObject).version;
      if (Number(told) !== version)
        throw logError(place, `checkpointMetadata.version must be ${version}`, told);
    } else if (sidecar != null) {
      const { path, sizeInBytes } = sidecar as ExactObject;
      if (kind !== "v2") throw logError(place, "only a V2 checkpoint has sidecars");
      if (typeof path !== "string") throw logError(place, "sidecar.path must be text", path);
      sidecars.push({ path, size: sizeInBytes, place });
    } else visitAction(row, place, visitor);
  };
  for (const name of names) {
    signal?.throwIfAborted();
    if (name.endsWith(".json"))
      visitCommit(await readFile(join(folder, name)), name, (value, line) =>
        visit(value as ExactObject, { file: name, line }),
      );
    else await readRows(join(folder, name), name, wanted, visit, visitor, signal);
  }
  // Sidecars have files alone.
  if (!files) return;
  for (const { path, size, place } of sidecars) {
    const file = resolveTablePath(join(folder, "_sidecars"), path, [folder]);
    let bytes: number;
    try {
      bytes = (await stat(file)).size;
    } catch (cause) {
      throw logError(place, "a sidecar of the checkpoint is not there", path, cause);
    }
    if (size != null && Number(size) !== bytes)
      throw logError(place, `a sidecar has ${bytes} bytes and the checkpoint says ${Number(size)}`, path);
    await readRows(file, `_sidecars/${path}`, wanted, visit, visitor, signal);
  }
}

async function readRows(
  path: string,
  name: string,
  wanted: ReadonlySet<string>,
  visit: (row: ExactObject, place: LogPlace) => void,
  visitor: ActionVisitor,
  signal?: AbortSignal,
): Promise<void> {
  const source = fileSource(path);
  let file: AsyncBuffer;
  let metadata: FileMetaData;
  let footer: FileFooter;
  try {
    // hyparquet trusts a footer's lengths: it gets none that the bounded reader has not gone through.
    footer = new FileFooter(name, await readFooter(source, signal === undefined ? {} : { signal }));
    file = asAsyncBuffer(source, signal);
    metadata = await parquetMetadataAsync(file);
  } catch (cause) {
    if ((cause instanceof PitotError && cause.code === "IO") || signal?.aborted === true) throw cause;
    throw logError({ file: name }, "the checkpoint is not a Parquet file", undefined, cause);
  }
  let line = 1;
  for (const [index, group] of metadata.row_groups.entries()) {
    signal?.throwIfAborted();
    const rows = Number(group.num_rows);
    const first = line;
    const place = (row: number): LogPlace => ({ file: name, line: first + row });
    // Parsed statistics have as many columns as the table: their rows are assembled as a whole.
    const apart = !needsParsed(group);
    const adds = narrow(metadata, group, new Set(apart && wanted.has("add") ? ["add"] : []));
    const others = narrow(
      metadata,
      group,
      apart ? new Set([...wanted].filter((action) => action !== "add")) : wanted,
    );
    const assemble = (narrowed: FileMetaData, range: RowRange): Promise<void> => {
      const checked = new CheckedChunks(file, footer, index, placesOf(group, narrowed));
      return readAssembled(checked, withOwnCodecs(group, narrowed), visit, place, range);
    };
    try {
      if (adds.row_groups[0]!.columns.length > 0) {
        const files = await CheckpointAdds.read(file, adds, Number(metadata.num_rows), place);
        if (files === undefined) await assemble(adds, { start: 0, end: rows });
        else visitor.adds(files);
      }
      if (others.row_groups[0]!.columns.length > 0) await assemble(others, await rowsOfActions(file, others));
    } catch (cause) {
      if (cause instanceof PitotError) throw cause;
      throw logError({ file: name, line }, "rows of the checkpoint cannot be read", undefined, cause);
    }
    line += rows;
  }
}

type RowGroup = FileMetaData["row_groups"][number];

interface RowRange {
  readonly start: number;
  readonly end: number;
}

async function readAssembled(
  { file, compressors }: CheckedChunks,
  metadata: FileMetaData,
  visit: (row: ExactObject, place: LogPlace) => void,
  place: (row: number) => LogPlace,
  { start, end }: RowRange,
): Promise<void> {
  const options = { file, metadata, compressors, parsers: PARSERS, rowStart: start, rowEnd: end };
  const rows = await parquetReadObjects(options);
  rows.forEach((row, i) => visit(row as ExactObject, place(start + i)));
}

/** Places of columns among those of the whole row group. */
function placesOf({ columns }: RowGroup, narrowed: FileMetaData): Set<number> {
  return new Set(narrowed.row_groups[0]!.columns.map((column) => columns.indexOf(column)));
}

/** Pages that hyparquet unpacks come to the checks of their column. */
function withOwnCodecs({ columns }: RowGroup, narrowed: FileMetaData): FileMetaData {
  const own = narrowed.row_groups[0]!.columns.map((column) => ({
    ...column,
    meta_data: { ...column.meta_data!, codec: codecOf(columns.indexOf(column)) as CompressionCodec },
  }));
  return { ...narrowed, row_groups: [{ ...narrowed.row_groups[0]!, columns: own }] };
}

/** The rows of a row group from the first to the last that has an action: a few, beside those of files. */
async function rowsOfActions(file: AsyncBuffer, metadata: FileMetaData): Promise<RowRange> {
  const rows = Number(metadata.num_rows);
  let [start, end] = [rows, 0];
  const seen = new Set<string>();
  for (const { meta_data: chunk } of metadata.row_groups[0]!.columns) {
    const [action] = chunk!.path_in_schema;
    // Any column of an action tells where the action is.
    if (seen.has(action!)) continue;
    seen.add(action!);
    const optional = metadata.schema.find(({ name }) => name === action)?.repetition_type === "OPTIONAL";
    const definitions = leafDefinitions(await readChunk(file, metadata.schema, chunk!));
    if (!optional || definitions?.length !== rows) return { start: 0, end: rows };
    const isPresent = (level: number): boolean => level > 0;
    const first = definitions.findIndex(isPresent);
    if (first < 0) continue;
    start = Math.min(start, first);
    end = Math.max(end, definitions.findLastIndex(isPresent) + 1);
  }
  return { start: Math.min(start, end), end };
}

/** One row group with the columns that are wanted and not null throughout: a checkpoint has dozens, and uses few. */
function narrow(metadata: FileMetaData, group: RowGroup, wanted: ReadonlySet<string>): FileMetaData {
  const parsed = needsParsed(group);
  const columns = group.columns.filter(({ meta_data: chunk }) => {
    if (chunk === undefined || allNull(chunk)) return false;
    const [action, field] = chunk.path_in_schema;
    if (!wanted.has(action!)) return false;
    return action !== "add" || ADD_FIELDS.has(field!) || (field === "stats_parsed" && parsed);
  });
  const paths = new Set<string>();
  for (const { meta_data: chunk } of columns)
    for (let i = 1; i <= chunk!.path_in_schema.length; i++)
      paths.add(chunk!.path_in_schema.slice(0, i).join("\u0000"));
  const schema: FileMetaData["schema"] = [];
  const [root] = metadata.schema;
  let at = 1;
  // Depth first, as the schema is written: an element is kept where a column below it is.
  const keep = (prefix: string, children: number): number => {
    let kept = 0;
    for (let i = 0; i < children; i++) {
      const element = metadata.schema[at++]!;
      const path = prefix === "" ? element.name : `${prefix}\u0000${element.name}`;
      if (paths.has(path)) {
        kept++;
        const place = schema.push(element) - 1;
        if (element.num_children !== undefined)
          schema[place] = { ...element, num_children: keep(path, element.num_children) };
      } else skip(element.num_children ?? 0);
    }
    return kept;
  };
  const skip = (children: number): void => {
    for (let i = 0; i < children; i++) skip(metadata.schema[at++]!.num_children ?? 0);
  };
  const num_children = keep("", root!.num_children ?? 0);
  return {
    ...metadata,
    schema: [{ ...root!, num_children }, ...schema],
    num_rows: group.num_rows,
    row_groups: [{ ...group, columns }],
  };
}

/** Whether statistics are there as columns alone. */
function needsParsed({ columns }: RowGroup): boolean {
  const has = (name: string): boolean =>
    columns.some(
      ({ meta_data: chunk }) =>
        chunk?.path_in_schema[1] === name && chunk.path_in_schema[0] === "add" && !allNull(chunk),
    );
  return !has("stats") && has("stats_parsed");
}

type Chunk = NonNullable<RowGroup["columns"][number]["meta_data"]>;

function allNull({ statistics, num_values }: Chunk): boolean {
  return statistics?.null_count !== undefined && statistics.null_count === num_values;
}

/** Dates and times of parsed statistics as the log's JSON writes them. */
const PARSERS = {
  dateFromDays: (days: number): ExactValue => new Date(days * 86_400_000).toISOString().slice(0, 10),
  timestampFromMilliseconds: (millis: bigint): ExactValue => new Date(Number(millis)).toISOString(),
  timestampFromMicroseconds: (micros: bigint): ExactValue => isoMicroseconds(micros),
  timestampFromNanoseconds: (nanos: bigint): ExactValue => isoMicroseconds(nanos / 1000n),
} as object;

function isoMicroseconds(micros: bigint): string {
  const part = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const seconds = new Date(Number((micros - part) / 1000n)).toISOString().slice(0, 19);
  return `${seconds}.${String(part).padStart(6, "0")}Z`;
}
