import type { RawField, ThriftReader } from "./thrift-compact-reader.ts";

/** The current field as text; where it is not UTF-8, so that the text would not give the bytes back, the field is kept as well. */
export function keepText(reader: ThriftReader, kept: RawField[]): string {
  const start = reader.pos;
  const text = reader.text();
  // A replacement character may also be what the writer meant: keeping it then does no harm.
  if (text.includes("\uFFFD"))
    kept.push({ id: reader.id, type: reader.type, bytes: reader.bytes.subarray(start, reader.pos) });
  return text;
}
