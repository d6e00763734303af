import type { AsyncBuffer, FileMetaData, SchemaElement } from "hyparquet";
import type { StoredChunk } from "../reading/stored-pages.ts";

/** Entries of one chunk: a checkpoint of more files is written in several row groups. */
const MOST_ENTRIES = 1 << 26;

/**
 * Reads a chunk as it is stored.
 * @param schema depth first, perhaps narrowed to what is read
 */
export async function readChunk(
  file: AsyncBuffer,
  schema: readonly SchemaElement[],
  chunk: NonNullable<FileMetaData["row_groups"][number]["columns"][number]["meta_data"]>,
): Promise<StoredChunk> {
  const entries = Number(chunk.num_values);
  if (entries > MOST_ENTRIES) throw new RangeError(`a column has ${entries} entries in one row group`);
  const start = Number(chunk.dictionary_page_offset ?? chunk.data_page_offset);
  const end = start + Number(chunk.total_compressed_size);
  let [maxDef, maxRep, at] = [0, 0, 1];
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
    entries,
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
