import { parquetRead, type AsyncBuffer, type FileMetaData } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import type { ExactObject } from "./exact-json.ts";

/**
 * The added files of a checkpoint's row group, from the columns of `add` as they are decoded: a checkpoint may have millions, and assembling each row of
 * nested structs first costs most of the time.
 *
 * @param metadata of one row group, with columns of `add` alone
 * @param visit gets the fields of `add` and the row's place within the row group, for rows that have it
 */
export async function readAdds(
  file: AsyncBuffer,
  metadata: FileMetaData,
  visit: (add: ExactObject, row: number) => void,
): Promise<void> {
  const pages = new Map<string, ArrayLike<unknown>[]>();
  await parquetRead({
    file,
    metadata,
    compressors,
    onPage: ({ pathInSchema, columnData }) => {
      const path = pathInSchema.slice(1).join(".");
      const known = pages.get(path);
      if (known === undefined) pages.set(path, [columnData]);
      else known.push(columnData);
    },
  });
  const rows = Number(metadata.row_groups[0]!.num_rows);
  const column = (path: string): Cells => new Cells(pages.get(path) ?? []);
  const path = column("path");
  const size = column("size");
  const stats = column("stats");
  const [keyPath = "", valuePath = ""] = [...pages.keys()].filter((name) =>
    name.startsWith("partitionValues."),
  );
  const keys = column(keyPath);
  const values = column(valuePath);
  const vector = VECTOR_FIELDS.map((name) => [name, column(`deletionVector.${name}`)] as const);
  const partitions = new Map<string, ExactObject>();
  for (let row = 0; row < rows; row++) {
    const fields = {
      path: path.next(1),
      size: size.next(1),
      stats: stats.next(1),
      partitionValues: partition(keys.next(2), values.next(2), partitions),
      deletionVector: deletionVector(vector),
    };
    // A row without path is of another action.
    if (fields.path != null) visit(fields as ExactObject, row);
  }
}

const VECTOR_FIELDS = ["storageType", "pathOrInlineDv", "offset", "sizeInBytes", "cardinality"] as const;

/** Partitions that are kept for the next file of them. */
const KEPT = 10_000;

/** The values of a leaf, row by row. The decoder wraps a value in one list for each optional or repeated field above it. */
class Cells {
  readonly #pages: readonly ArrayLike<unknown>[];
  #page = 0;
  #at = 0;

  constructor(pages: readonly ArrayLike<unknown>[]) {
    this.#pages = pages;
  }

  /** The next row's value, out of up to `depth` lists; undefined where there is none. */
  next(depth: number): unknown {
    let page = this.#pages[this.#page];
    while (page !== undefined && this.#at >= page.length) {
      page = this.#pages[++this.#page];
      this.#at = 0;
    }
    let value: unknown = page?.[this.#at++];
    for (let i = 0; i < depth && Array.isArray(value); i++) value = value[0];
    return value;
  }
}

function partition(keys: unknown, values: unknown, known: Map<string, ExactObject>): ExactObject | undefined {
  if (!Array.isArray(keys) || keys.length === 0) return NO_PARTITION;
  let text = "";
  for (let i = 0; i < keys.length; i++) {
    const value = (values as unknown[])[i] as string | null | undefined;
    text += `${keys[i] as string}\u0000${value == null ? "\u0001" : value}\u0000`;
  }
  let found = known.get(text);
  if (found === undefined) {
    found = Object.fromEntries(
      keys.map((key, i) => [key as string, ((values as unknown[])[i] as string | null | undefined) ?? null]),
    );
    if (known.size >= KEPT) known.clear();
    known.set(text, found);
  }
  return found;
}

const NO_PARTITION: ExactObject = {};

function deletionVector(fields: readonly (readonly [string, Cells])[]): ExactObject | undefined {
  let vector: Record<string, unknown> | undefined;
  for (const [name, cells] of fields) {
    const value = cells.next(2);
    if (value != null) (vector ??= {})[name] = value;
  }
  return vector as ExactObject | undefined;
}
