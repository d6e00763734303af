import { elements } from "./column-chunk.ts";
import { decodeSchemaElement } from "./decode-schema-element.ts";
import type { SchemaElement } from "./file-metadata.ts";
import { LIST, STRUCT, ThriftReader } from "./thrift-compact-reader.ts";

// The files of a dataset mostly have the same schema, byte for byte: one decoded schema then serves all, and all that is made of it.
let last: { readonly bytes: Uint8Array; readonly schema: readonly SchemaElement[] } | undefined;
const LARGEST_KEPT = 1024 * 1024;

/** The schema at the reader's place; the same array as before where its bytes are those of the last one. */
export function decodeSchema(reader: ThriftReader): readonly SchemaElement[] {
  const start = reader.pos;
  if (last !== undefined && start + last.bytes.length <= reader.end) {
    const here = reader.bytes.subarray(start, start + last.bytes.length);
    // Lists say their size first, so a list never is the beginning of another.
    if (Buffer.compare(here, last.bytes) === 0) {
      reader.pos += last.bytes.length;
      return last.schema;
    }
  }
  reader.skip(LIST);
  // A copy, so that what is kept does not hold a whole footer.
  const bytes = reader.bytes.slice(start, reader.pos);
  const schema = elements(new ThriftReader(bytes), STRUCT, decodeSchemaElement);
  if (bytes.length <= LARGEST_KEPT) last = { bytes, schema };
  return schema;
}
