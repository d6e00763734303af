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
import type { ExactObject, ExactValue } from "./exact-json.ts";
import { readChunk } from "./leaf-chunk.ts";
import { leafDefinitions } from "./leaf-pages.ts";
import { logError, type LogPlace } from "./log-error.ts";
import { TextPages } from "./text-pages.ts";

/** Of `add`, what a snapshot needs; the rest (tags, row ids, parsed partition values) is not read. */
const SNAPSHOT_FIELDS: ReadonlySet<string> = new Set([
  "path",
  "partitionValues",
  "size",
  "stats",
  "deletionVector",
]);
/** What can be read of `add` by column; where there is more, rows are assembled. */
const COLUMN_FIELDS: ReadonlySet<string> = new Set([
  ...SNAPSHOT_FIELDS,
  "modificationTime",
  "dataChange",
  "stats_parsed",
  "partitionValues_parsed",
]);

/** Gets the rows of a checkpoint. */
export interface CheckpointSink {
  /** A row, but for files that come by column. */
  row(row: ExactObject, place: LogPlace): void;
  /** The files of a row group. */
  adds(files: CheckpointAdds): void | Promise<void>;
}

/** What is read of a checkpoint's rows. */
export interface CheckpointRows {
  /** Names of actions. */
  readonly actions: ReadonlySet<string>;
  /** Every field of a file that tells something by itself, not only those that a snapshot needs. */
  readonly whole: boolean;
}

/** A Parquet file of a checkpoint, or of its sidecars. */
export class CheckpointParquet {
  readonly name: string;
  readonly file: AsyncBuffer;
  readonly metadata: FileMetaData;
  readonly #footer: FileFooter;
  readonly #signal: AbortSignal | undefined;

  private constructor(
    name: string,
    file: AsyncBuffer,
    metadata: FileMetaData,
    footer: FileFooter,
    signal: AbortSignal | undefined,
  ) {
    this.#signal = signal;
    this.name = name;
    this.file = file;
    this.metadata = metadata;
    this.#footer = footer;
  }

  /**
   * @param signal - Cancels all that is read of it.
   * @throws PitotError INVALID_DATA that names the file, where it is no Parquet file
   */
  static async open(path: string, name: string, signal?: AbortSignal): Promise<CheckpointParquet> {
    const source = fileSource(path);
    try {
      // hyparquet trusts a footer's lengths: it gets none that the bounded reader has not gone through.
      const footer = new FileFooter(name, await readFooter(source, signal === undefined ? {} : { signal }));
      const file = asAsyncBuffer(source, signal);
      return new CheckpointParquet(name, file, await parquetMetadataAsync(file), footer, signal);
    } catch (cause) {
      if ((cause instanceof PitotError && cause.code === "IO") || signal?.aborted === true) throw cause;
      throw logError({ file: name }, "the checkpoint is not a Parquet file", undefined, cause);
    }
  }

  /** Hands every row to the sink, row group by row group. */
  async readAll(sink: CheckpointSink, rows: CheckpointRows): Promise<void> {
    for (let index = 0; index < this.metadata.row_groups.length; index++) {
      this.#signal?.throwIfAborted();
      await this.read(index, sink, rows);
    }
  }

  /** Hands the rows of a row group to the sink. */
  async read(index: number, sink: CheckpointSink, { actions, whole }: CheckpointRows): Promise<void> {
    const { file, metadata } = this;
    const group = metadata.row_groups[index]!;
    const rows = Number(group.num_rows);
    const place = this.#places(index);
    const fields = whole ? undefined : SNAPSHOT_FIELDS;
    // Parsed statistics have as many columns as the table: their rows are assembled as a whole.
    const apart = !this.needsParsed(index) && (!whole || hasColumnFields(group));
    const adds = narrow(metadata, group, new Set(apart && actions.has("add") ? ["add"] : []), fields);
    const others = narrow(
      metadata,
      group,
      apart ? new Set([...actions].filter((action) => action !== "add")) : actions,
      fields,
    );
    const assemble = (narrowed: FileMetaData, range: RowRange): Promise<void> => {
      const checked = new CheckedChunks(file, this.#footer, index, placesOf(group, narrowed));
      return readAssembled(checked, withOwnCodecs(group, narrowed), sink, place, range);
    };
    try {
      if (adds.row_groups[0]!.columns.length > 0) {
        const files = await CheckpointAdds.read(file, adds, Number(metadata.num_rows), place);
        if (files === undefined) await assemble(adds, { start: 0, end: rows });
        else await sink.adds(files);
      }
      if (others.row_groups[0]!.columns.length > 0) await assemble(others, await rowsOfActions(file, others));
    } catch (cause) {
      // A reading that was cancelled tells nothing of the file.
      this.#signal?.throwIfAborted();
      if (cause instanceof PitotError) throw cause;
      throw logError(place(0), "rows of the checkpoint cannot be read", undefined, cause);
    }
  }

  /** The texts of one column of a row group; undefined where they are encoded in a way that checkpoints seldom have. */
  async texts(index: number, action: string, field: string): Promise<TextPages | undefined> {
    const chunk = chunkOf(this.metadata.row_groups[index]!, action, field);
    return (
      chunk && TextPages.of(await readChunk(this.file, this.metadata.schema, chunk), this.#places(index))
    );
  }

  /** How many rows of a row group have a value in a column; undefined where the file does not tell. */
  count(index: number, action: string, field: string): number | undefined {
    const chunk = chunkOf(this.metadata.row_groups[index]!, action, field);
    if (chunk === undefined) return 0;
    const nulls = chunk.statistics?.null_count;
    return nulls === undefined ? undefined : Number(chunk.num_values - nulls);
  }

  /** Whether statistics of a row group's files are there as columns alone. */
  needsParsed(index: number): boolean {
    const group = this.metadata.row_groups[index]!;
    return !hasAdd(group, "stats") && hasAdd(group, "stats_parsed");
  }

  /** Rows are counted from 1, over all row groups. */
  #places(index: number): (row: number) => LogPlace {
    let first = 1;
    for (let i = 0; i < index; i++) first += Number(this.metadata.row_groups[i]!.num_rows);
    return (row) => ({ file: this.name, line: first + row });
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
  sink: CheckpointSink,
  place: (row: number) => LogPlace,
  { start, end }: RowRange,
): Promise<void> {
  const options = { file, metadata, compressors, parsers: PARSERS, rowStart: start, rowEnd: end };
  const rows = await parquetReadObjects(options);
  rows.forEach((row, i) => sink.row(row as ExactObject, place(start + i)));
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

/** One row group with the columns that are wanted and tell something: a checkpoint has dozens, and uses few. */
function narrow(
  metadata: FileMetaData,
  group: RowGroup,
  wanted: ReadonlySet<string>,
  fields: ReadonlySet<string> | undefined,
): FileMetaData {
  const parsed = !hasAdd(group, "stats") && hasAdd(group, "stats_parsed");
  const present = new Set<string>();
  for (const { meta_data: chunk } of group.columns)
    if (chunk !== undefined && !allNull(chunk)) present.add(chunk.path_in_schema[0]!);
  const columns = group.columns.filter(({ meta_data: chunk }, i) => {
    if (chunk === undefined) return false;
    const [action, field] = chunk.path_in_schema;
    if (!wanted.has(action!) || !present.has(action!)) return false;
    if (action !== "add") return !allNull(chunk) || isRepeated(chunk);
    // The values of a map may all be null: its keys tell whether it has any.
    const isMap = field === "partitionValues" || field === "tags";
    const isValue = isMap && chunk.path_in_schema.at(-1) === "value";
    if (allNull(isValue ? (group.columns[i - 1]?.meta_data ?? chunk) : chunk)) return false;
    if (field === "stats_parsed") return parsed;
    return fields === undefined ? field !== "partitionValues_parsed" : fields.has(field!);
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

/** Whether a file of the row group has something in a field. */
function hasAdd({ columns }: RowGroup, field: string): boolean {
  return columns.some(
    ({ meta_data: chunk }) =>
      chunk?.path_in_schema[1] === field && chunk.path_in_schema[0] === "add" && !allNull(chunk),
  );
}

/** Whether files can be read by column, without anything of them being left out. */
function hasColumnFields({ columns }: RowGroup): boolean {
  return columns.every(({ meta_data: chunk }) => {
    const [action, field] = chunk!.path_in_schema;
    return action !== "add" || COLUMN_FIELDS.has(field!) || allNull(chunk!);
  });
}

function chunkOf({ columns }: RowGroup, action: string, field: string): Chunk | undefined {
  return columns.find(
    ({ meta_data: chunk }) => chunk!.path_in_schema[0] === action && chunk!.path_in_schema[1] === field,
  )?.meta_data;
}

type Chunk = NonNullable<RowGroup["columns"][number]["meta_data"]>;

/** Whether a column is of a list or a map, which may be empty without being null. */
function isRepeated({ path_in_schema: path }: Chunk): boolean {
  return path.length > 3;
}

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
