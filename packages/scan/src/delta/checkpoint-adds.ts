import type { AsyncBuffer, FileMetaData, SchemaElement } from "hyparquet";
import type { ExactObject, ExactValue } from "./exact-json.ts";
import { leafPages, type LeafPages } from "./leaf-pages.ts";

type RowGroup = FileMetaData["row_groups"][number];
type Chunk = NonNullable<RowGroup["columns"][number]["meta_data"]>;

/**
 * The added files of a checkpoint's row group, from the columns of `add` as they are stored: a checkpoint may have millions, and assembling each row of
 * nested structs first costs most of the time.
 *
 * @param metadata of one row group, with columns of `add` alone
 * @param visit gets the fields of `add` and the row's place within the row group, for rows that have it
 * @returns false, before any visit, where a column is encoded in a way that checkpoints seldom have
 */
export async function readAdds(
  file: AsyncBuffer,
  metadata: FileMetaData,
  visit: (add: ExactObject, row: number) => void,
): Promise<boolean> {
  const columns = new Map<string, LeafCursor>();
  for (const { meta_data: chunk } of metadata.row_groups[0]!.columns) {
    const cursor = await readLeaf(file, metadata.schema, chunk!);
    if (cursor === undefined) return false;
    columns.set(chunk!.path_in_schema.slice(1).join("."), cursor);
  }
  const rows = Number(metadata.row_groups[0]!.num_rows);
  const column = (path: string): LeafCursor => columns.get(path) ?? NOTHING;
  const [path, size, stats] = [column("path"), column("size"), column("stats")];
  const [key = NOTHING, value = NOTHING] = [...columns].flatMap(([name, cursor]) =>
    name.startsWith("partitionValues.") ? [cursor] : [],
  );
  const vector = VECTOR_FIELDS.map((name) => [name, column(`deletionVector.${name}`)] as const);
  const partitions = new Map<string, ExactObject>();
  for (let row = 0; row < rows; row++) {
    const fields = {
      path: path.next(),
      size: size.next(),
      stats: stats.next(),
      partitionValues: partition(key, value, partitions),
      deletionVector: deletionVector(vector),
    };
    // A row without path is of another action.
    if (fields.path !== undefined) visit(fields, row);
  }
  return true;
}

const VECTOR_FIELDS = ["storageType", "pathOrInlineDv", "offset", "sizeInBytes", "cardinality"] as const;

/** Partitions that are kept for the next file of them. */
const KEPT = 10_000;

async function readLeaf(
  file: AsyncBuffer,
  schema: readonly SchemaElement[],
  chunk: Chunk,
): Promise<LeafCursor | undefined> {
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
  const pages = leafPages({
    bytes: new Uint8Array(await file.slice(start, end)),
    type: chunk.type,
    codec: chunk.codec,
    entries: Number(chunk.num_values),
    maxDef,
    maxRep,
  });
  return pages && new LeafCursor(pages, maxDef);
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

function partition(keys: LeafCursor, values: LeafCursor, known: Map<string, ExactObject>): ExactObject {
  let text = "";
  const entries: [string, ExactValue][] = [];
  do {
    const key = keys.next();
    const value = values.next();
    if (key === undefined) continue;
    entries.push([String(key), value ?? null]);
    text += `${key}\u0000${value ?? "\u0001"}\u0000`;
  } while (keys.goesOn);
  let found = known.get(text);
  if (found === undefined) {
    found = Object.fromEntries(entries);
    if (known.size >= KEPT) known.clear();
    known.set(text, found);
  }
  return found;
}

function deletionVector(fields: readonly (readonly [string, LeafCursor])[]): ExactObject | undefined {
  let vector: Record<string, ExactValue> | undefined;
  for (const [name, cursor] of fields) {
    const value = cursor.next();
    if (value !== undefined) (vector ??= {})[name] = value;
  }
  return vector;
}
