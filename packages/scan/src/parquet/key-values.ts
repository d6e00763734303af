import type { KeyValue } from "./file-metadata.ts";
import { keepText } from "./kept-text.ts";
import { BINARY, type RawField, STRUCT, type ThriftReader } from "./thrift-compact-reader.ts";

/** The list of key-value pairs at the reader's place. */
export function decodeKeyValues(reader: ThriftReader): KeyValue[] {
  const size = reader.listOf(STRUCT);
  const pairs: KeyValue[] = [];
  for (let i = 0; i < size; i++) pairs.push(decodeKeyValue(reader));
  return pairs;
}

function decodeKeyValue(reader: ThriftReader): KeyValue {
  let key: string | undefined;
  let value: string | undefined;
  const kept: RawField[] = [];
  let id = 0;
  while (reader.field(id)) {
    id = reader.id;
    if (id === 1 && reader.type === BINARY) key = keepText(reader, kept);
    else if (id === 2 && reader.type === BINARY) value = keepText(reader, kept);
    else kept.push(reader.raw());
  }
  if (key === undefined) reader.fail("Key-value metadata lack a key", value);
  return { key, ...(value !== undefined && { value }), ...(kept.length > 0 && { kept }) };
}
