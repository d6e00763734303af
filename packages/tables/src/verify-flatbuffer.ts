/** What the fields of a table are, by their number in the vtable; a number is a scalar of that many bytes. */
type Shape = readonly (number | Kind)[];
type Kind =
  | { readonly string: true }
  | { readonly table: () => Shape }
  /** The table of a union, whose kind is the scalar field before it. */
  | { readonly union: (kind: number) => Shape }
  | { readonly vector: number | (() => Shape) }
  /** A vector of int64: how many of the things that these bytes tell belong to each of others, so fewer than there are bytes. */
  | { readonly counts: true };

const TEXT: Kind = { string: true };
const KEY_VALUE: Shape = [TEXT, TEXT];
const METADATA: Kind = { vector: () => KEY_VALUE };
const INT: Shape = [4, 1];
const DICTIONARY: Shape = [8, { table: () => INT }, 1, 2];
/** Types that have more than scalars, by their number in the union `Type`. */
const TYPES: Readonly<Record<number, Shape>> = {
  2: INT,
  3: [2],
  7: [4, 4, 4],
  8: [2],
  9: [2, 4],
  10: [2, TEXT],
  11: [2],
  14: [2, { vector: 4 }],
  15: [4],
  16: [4],
  17: [1],
  18: [2],
};
const FIELD: Shape = [
  TEXT,
  1,
  1,
  { union: (kind) => TYPES[kind] ?? [] },
  { table: () => DICTIONARY },
  { vector: () => FIELD },
  METADATA,
];
const SCHEMA: Shape = [2, { vector: () => FIELD }, METADATA, { vector: 8 }];
const RECORD_BATCH: Shape = [8, { vector: 16 }, { vector: 16 }, { table: () => [1, 1] }, { counts: true }];
const DICTIONARY_BATCH: Shape = [8, { table: () => RECORD_BATCH }, 1];
const HEADERS: Readonly<Record<number, Shape>> = { 1: SCHEMA, 2: DICTIONARY_BATCH, 3: RECORD_BATCH };

/** `Message` of the format. */
export const MESSAGE: Shape = [2, 1, { union: (kind) => HEADERS[kind] ?? [] }, 8, METADATA];
/** `Footer` of an IPC file. */
export const FOOTER: Shape = [2, { table: () => SCHEMA }, { vector: 24 }, { vector: 24 }, METADATA];

/**
 * Proves that everything that a flatbuffer points to lies inside it, and that no part of it is looked at again and again: apache-arrow believes every
 * length, and would loop for ever over one that lies. Returns where each field of the root table lies; undefined where it is absent.
 *
 * Source: https://flatbuffers.dev/internals, and Message.fbs, Schema.fbs and File.fbs of the Arrow format
 *
 * @throws Error for what points outside
 */
export function verifyFlatbuffer(bytes: Uint8Array, shape: Shape): (number | undefined)[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // No table is smaller than its offset to the vtable and that vtable's two sizes.
  let tables = bytes.length / 4;
  const inside = (at: number, size: number): number => {
    if (at < 0 || size < 0 || at + size > bytes.length) throw new Error("broken metadata");
    return at;
  };
  const target = (at: number): number => at + view.getUint32(inside(at, 4), true);
  const fieldsOf = (table: number, count: number): (number | undefined)[] => {
    if (tables-- <= 0) throw new Error("metadata that repeat themselves");
    const vtable = inside(table - view.getInt32(inside(table, 4), true), 4);
    const size = view.getUint16(vtable, true);
    inside(vtable, size);
    return Array.from({ length: count }, (_, i) => {
      const offset = 6 + 2 * i <= size ? view.getUint16(vtable + 4 + 2 * i, true) : 0;
      return offset === 0 ? undefined : table + offset;
    });
  };
  const check = (kind: number | Kind, at: number, before: number | undefined): void => {
    if (typeof kind === "number") inside(at, kind);
    else if ("table" in kind) walk(target(at), kind.table());
    else if ("union" in kind) walk(target(at), kind.union(before === undefined ? 0 : view.getUint8(before)));
    else {
      const start = target(at);
      const length = view.getUint32(inside(start, 4), true);
      const item = "string" in kind ? 1 : "counts" in kind ? 8 : kind.vector;
      inside(start + 4, length * (typeof item === "number" ? item : 4));
      if ("counts" in kind)
        for (let i = 0; i < length; i++) inside(0, Number(view.getBigInt64(start + 4 + 8 * i, true)));
      else if (typeof item !== "number")
        for (let i = 0; i < length; i++) walk(target(start + 4 + 4 * i), item());
    }
  };
  const walk = (table: number, own: Shape): (number | undefined)[] => {
    const fields = fieldsOf(table, own.length);
    own.forEach((kind, i) => {
      if (fields[i] !== undefined) check(kind, fields[i], fields[i - 1]);
    });
    return fields;
  };
  return walk(target(0), shape);
}
