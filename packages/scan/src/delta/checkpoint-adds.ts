import type { AsyncBuffer, FileMetaData, SchemaElement } from "hyparquet";
import type { ExactObject, ExactValue } from "./exact-json.ts";
import { leafPages, type LeafChunk, type LeafPages } from "./leaf-pages.ts";
import {
  descriptorOf,
  textMap,
  wholeNumber,
  type AddFile,
  type DeletionVectorDescriptor,
} from "./log-actions.ts";
import type { LogPlace } from "./log-error.ts";
import type { PartitionDictionary } from "./partition-dictionary.ts";
import { TextPages } from "./text-pages.ts";

type RowGroup = FileMetaData["row_groups"][number];
type Chunk = NonNullable<RowGroup["columns"][number]["meta_data"]>;

/**
 * The added files of a checkpoint's row group, from the columns of `add` as they are stored: a checkpoint may have millions, and assembling each row of
 * nested structs first costs most of the time.
 */
export class CheckpointAdds {
  readonly rows: number;
  readonly paths: TextPages;
  /** Undefined where the checkpoint keeps none as JSON. */
  readonly stats: TextPages | undefined;
  readonly #columns: ReadonlyMap<string, LeafCursor>;
  readonly #place: (row: number) => LogPlace;

  private constructor(
    rows: number,
    paths: TextPages,
    stats: TextPages | undefined,
    columns: ReadonlyMap<string, LeafCursor>,
    place: (row: number) => LogPlace,
  ) {
    this.rows = rows;
    this.paths = paths;
    this.stats = stats;
    this.#columns = columns;
    this.#place = place;
  }

  /**
   * @param metadata of one row group, with columns of `add` alone
   * @param place of a row of the row group
   * @returns undefined where a column is encoded in a way that checkpoints seldom have
   */
  static async read(
    file: AsyncBuffer,
    metadata: FileMetaData,
    place: (row: number) => LogPlace,
  ): Promise<CheckpointAdds | undefined> {
    const columns = new Map<string, LeafCursor>();
    const texts = new Map<string, TextPages>();
    for (const { meta_data } of metadata.row_groups[0]!.columns) {
      const name = meta_data!.path_in_schema.slice(1).join(".");
      const chunk = await readChunk(file, metadata.schema, meta_data!);
      if (name === "path" || name === "stats") {
        const pages = TextPages.of(chunk);
        if (pages === undefined) return undefined;
        texts.set(name, pages);
      } else {
        const pages = leafPages(chunk);
        if (pages === undefined) return undefined;
        columns.set(name, new LeafCursor(pages, chunk.maxDef));
      }
    }
    const paths = texts.get("path");
    if (paths === undefined) return undefined;
    const rows = Number(metadata.row_groups[0]!.num_rows);
    return new CheckpointAdds(rows, paths, texts.get("stats"), columns, place);
  }

  /**
   * Goes through the rows that have a file, once.
   * @param partitions gets to the partition of each
   * @throws PitotError INVALID_DATA where a field that the protocol requires is missing or of another type
   */
  visit(partitions: PartitionDictionary, visit: (add: CheckpointAdd) => void): void {
    const column = (path: string): LeafCursor => this.#columns.get(path) ?? NOTHING;
    const size = column("size");
    const [key = NOTHING, value = NOTHING] = [...this.#columns].flatMap(([name, cursor]) =>
      name.startsWith("partitionValues.") ? [cursor] : [],
    );
    const vector = VECTOR_FIELDS.flatMap((name) => {
      const cursor = this.#columns.get(`deletionVector.${name}`);
      return cursor === undefined ? [] : [[name, cursor] as const];
    });
    const add: { -readonly [name in keyof CheckpointAdd]: CheckpointAdd[name] } = {
      row: 0,
      place: this.#place,
      bytes: new Uint8Array(0),
      start: 0,
      length: 0,
      size: 0,
      deletionVector: undefined,
      partition: () => partitions.code(() => textMap(entries(), "add.partitionValues", this.#place(add.row))),
    };
    // Of the row's partition, to make its object where it is a new one.
    const names: string[] = [];
    const values: (string | null)[] = [];
    const entries = (): ExactObject => Object.fromEntries(names.map((name, i) => [name, values[i]!]));
    let page = this.paths.page(0);
    for (let row = 0; row < this.rows; row++) {
      if (row >= page.end) page = this.paths.page(row);
      const bytes = size.next();
      names.length = values.length = 0;
      partitions.begin();
      do {
        const name = key.next();
        const text = value.next();
        if (name === undefined) continue;
        names.push(name as string);
        values.push((text ?? null) as string | null);
        partitions.step(name as string);
        partitions.step((text ?? null) as string | null);
      } while (key.goesOn);
      const descriptor = vector.length === 0 ? undefined : deletionVector(vector);
      const length = page.lengths[row - page.first]!;
      // A row without path is of another action.
      if (length < 0) continue;
      add.row = row;
      add.bytes = page.bytes;
      add.start = page.starts[row - page.first]!;
      add.length = length;
      add.size =
        typeof bytes === "number" && bytes >= 0 ? bytes : wholeNumber(bytes, "add.size", this.#place(row));
      add.deletionVector = descriptor && descriptorOf(descriptor, this.#place(row));
      visit(add);
    }
  }

  /** Hands over the files one by one, without their statistics. */
  forEach(partitions: PartitionDictionary, visit: (file: AddFile) => void): void {
    this.visit(partitions, ({ bytes, start, length, size, deletionVector, partition }) =>
      visit({
        path: Buffer.from(bytes.buffer, bytes.byteOffset + start, length).toString("utf8"),
        partitionValues: partitions.values[partition()]!,
        size,
        stats: undefined,
        deletionVector,
      }),
    );
  }
}

/** One file of a checkpoint; the same object for each of them. */
export interface CheckpointAdd {
  readonly row: number;
  readonly place: (row: number) => LogPlace;
  /** The path, `length` bytes from `start` on. */
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly length: number;
  readonly size: number;
  readonly deletionVector: DeletionVectorDescriptor | undefined;
  /** Code of the partition: asked for files that are kept. */
  readonly partition: () => number;
}

const VECTOR_FIELDS = ["storageType", "pathOrInlineDv", "offset", "sizeInBytes", "cardinality"] as const;

async function readChunk(
  file: AsyncBuffer,
  schema: readonly SchemaElement[],
  chunk: Chunk,
): Promise<LeafChunk> {
  const start = Number(chunk.dictionary_page_offset ?? chunk.data_page_offset);
  const end = start + Number(chunk.total_compressed_size);
  let [maxDef, maxRep, at] = [0, 0, 1];
  // The schema is depth first, and narrowed to what is read.
  for (const name of chunk.path_in_schema) {
    while (schema[at]!.name !== name) at = after(schema, at);
    const { repetition_type: repetition } = schema[at++]!;
    if (repetition !== "REQUIRED") maxDef++;
    if (repetition === "REPEATED") maxRep++;
  }
  return {
    bytes: new Uint8Array(await file.slice(start, end)),
    type: chunk.type,
    codec: chunk.codec,
    entries: Number(chunk.num_values),
    maxDef,
    maxRep,
  };
}

/** Place of the element after one and all below it. */
function after(schema: readonly SchemaElement[], at: number): number {
  let next = at + 1;
  for (let i = schema[at]!.num_children ?? 0; i > 0; i--) next = after(schema, next);
  return next;
}

/** Goes through the entries of a leaf, a row's at a time. */
class LeafCursor {
  readonly #pages: LeafPages;
  readonly #maxDef: number;
  #entry = 0;
  #value = 0;

  constructor(pages: LeafPages, maxDef: number) {
    this.#pages = pages;
    this.#maxDef = maxDef;
  }

  /** The next entry's value; undefined where it, or what it lies in, is null. */
  next(): string | number | bigint | undefined {
    return this.#pages.definitions[this.#entry++] === this.#maxDef
      ? this.#pages.values[this.#value++]
      : undefined;
  }

  /** Whether the next entry is of the same row as the one before. */
  get goesOn(): boolean {
    const { repetitions } = this.#pages;
    return this.#entry < repetitions.length && repetitions[this.#entry]! > 0;
  }
}

const NOTHING = new LeafCursor(
  { definitions: new Uint8Array(), repetitions: new Uint8Array(), values: [] },
  0,
);

function deletionVector(fields: readonly (readonly [string, LeafCursor])[]): ExactObject | undefined {
  let vector: Record<string, ExactValue> | undefined;
  for (const [name, cursor] of fields) {
    const value = cursor.next();
    if (value !== undefined) (vector ??= {})[name] = value;
  }
  return vector;
}
