import { FlatTable } from "./flat-table.ts";

/** A field of the schema that Arrow stored beside a Parquet file: only what Parquet's own schema may lack. */
export interface StoredField {
  readonly name: string;
  readonly type: StoredType;
  readonly children: readonly StoredField[];
  readonly metadata: ReadonlyMap<string, string>;
  /** Of a dictionary-encoded field; its `type` is that of the values. */
  readonly dictionary?: { readonly ordered: boolean };
}

/** A stored type, as far as it can say more than Parquet. */
export type StoredType =
  | { readonly kind: "timestamp"; readonly timezone: string }
  | { readonly kind: "duration"; readonly unit: number }
  | { readonly kind: "decimal"; readonly bitWidth: number }
  | { readonly kind: "fixedSizeList"; readonly listSize: number }
  | { readonly kind: "map"; readonly keysSorted: boolean }
  | {
      readonly kind: "largeBinary" | "largeUtf8" | "largeList" | "list" | "struct";
    }
  | { readonly kind: "other" };

/** The schema that Arrow stored. */
export interface StoredSchema {
  readonly fields: readonly StoredField[];
  readonly metadata: ReadonlyMap<string, string>;
}

// Members of the union of types, by the codes of the format's `Type`.
const KINDS: Readonly<Record<number, StoredType["kind"]>> = {
  7: "decimal",
  10: "timestamp",
  12: "list",
  13: "struct",
  16: "fixedSizeList",
  17: "map",
  18: "duration",
  19: "largeBinary",
  20: "largeUtf8",
  21: "largeList",
};
const SCHEMA_HEADER = 1;
const DEPTH = 64;

/**
 * The schema of `ARROW:schema`: an IPC message, in base64, of which only the schema is there. It is read with bounds on everything, since any writer can put
 * anything there. Undefined where it is not one.
 *
 * Source: https://github.com/apache/arrow/blob/main/format/Schema.fbs
 */
export function decodeStoredSchema(base64: string): StoredSchema | undefined {
  try {
    const bytes = Buffer.from(base64, "base64");
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    // A continuation marker and the length; before Arrow 0.15 only the length.
    const start = view.getUint32(0, true) === 0xffffffff ? 8 : 4;
    const message = FlatTable.root(
      new Uint8Array(bytes.buffer, bytes.byteOffset + start, bytes.length - start),
    );
    if (message.u8(1, 0) !== SCHEMA_HEADER) return undefined;
    const schema = message.table(2);
    if (schema === undefined) return undefined;
    return {
      fields: schema.tables(1).map((field) => storedField(field, 0)),
      metadata: pairs(schema.tables(2)),
    };
  } catch (error) {
    // What the reader throws for a broken offset.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function storedField(field: FlatTable, depth: number): StoredField {
  if (depth > DEPTH) throw new RangeError("nested too deeply");
  const dictionary = field.table(4);
  return {
    name: field.text(0) ?? "",
    type: storedType(field.u8(2, 0), field.table(3)),
    children: field.tables(5).map((child) => storedField(child, depth + 1)),
    metadata: pairs(field.tables(6)),
    ...(dictionary !== undefined && { dictionary: { ordered: dictionary.u8(2, 0) !== 0 } }),
  };
}

function storedType(code: number, type: FlatTable | undefined): StoredType {
  const kind = type === undefined ? undefined : KINDS[code];
  if (kind === undefined || type === undefined) return { kind: "other" };
  switch (kind) {
    case "timestamp":
      return { kind, timezone: type.text(1) ?? "" };
    case "duration":
      return { kind, unit: type.i16(0, 1) };
    case "decimal":
      return { kind, bitWidth: type.i32(2, 128) };
    case "fixedSizeList":
      return { kind, listSize: type.i32(0, 0) };
    case "map":
      return { kind, keysSorted: type.u8(0, 0) !== 0 };
    default:
      return { kind };
  }
}

function pairs(tables: readonly FlatTable[]): Map<string, string> {
  return new Map(tables.map((pair) => [pair.text(0) ?? "", pair.text(1) ?? ""]));
}
