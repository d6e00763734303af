import { PitotError } from "@pitot/core";
import { Type, type Data } from "apache-arrow";
import { typeString } from "./type-string.ts";

/** Text or binary values as bytes: value `i` is `data[offsets[i]] … data[offsets[i + 1] - 1]`. */
export interface ByteColumn {
  /** Doubles where 32 bits may not do. */
  readonly offsets: Int32Array | Float64Array;
  readonly data: Uint8Array;
}

/** The types whose values are text or binary. */
export const BYTE_TYPES: ReadonlySet<number> = new Set([
  Type.Utf8,
  Type.LargeUtf8,
  Type.Utf8View,
  Type.Binary,
  Type.LargeBinary,
  Type.BinaryView,
  Type.FixedSizeBinary,
]);

/**
 * The bytes of a chunk of utf8, binary, their large, fixed-size and view forms, and of decimals. Copies only of view types, and offsets of large ones.
 *
 * @throws PitotError INVALID_DATA where offsets go down or beyond the values: loops over bytes rely on them
 */
export function byteColumn(chunk: Data): ByteColumn {
  const column = uncheckedByteColumn(chunk);
  const { offsets, data } = column;
  let before = offsets[0] ?? 0;
  let broken = before < 0;
  for (let i = 1; i <= chunk.length; i++) {
    const offset = offsets[i]!;
    if (offset < before) broken = true;
    before = offset;
  }
  if (broken || before > data.length)
    throw new PitotError("INVALID_DATA", "Offsets of a column go down, or beyond its values", {
      value: typeString(chunk.type),
      remedy: "Write the batch again.",
    });
  return column;
}

/** {@link byteColumn} for whoever looks at single bytes only, which cannot go astray. */
export function uncheckedByteColumn(chunk: Data): ByteColumn {
  const { length } = chunk;
  const data = (chunk.values ?? new Uint8Array()) as Uint8Array;
  switch (chunk.type.typeId) {
    case Type.LargeUtf8:
    case Type.LargeBinary:
      return { offsets: narrowed(chunk.valueOffsets, length), data };
    case Type.FixedSizeBinary:
      return { offsets: multiples(chunk.stride, length), data };
    case Type.Decimal: {
      const { buffer, byteOffset, byteLength } = data;
      return {
        offsets: multiples(4 * chunk.stride, length),
        data: new Uint8Array(buffer, byteOffset, byteLength),
      };
    }
    case Type.Utf8View:
    case Type.BinaryView:
      return fromViews(chunk, data);
    default:
      return { offsets: length === 0 ? new Int32Array(1) : (chunk.valueOffsets as Int32Array), data };
  }
}

function multiples(width: number, length: number): Float64Array {
  const offsets = new Float64Array(length + 1);
  for (let i = 1; i <= length; i++) offsets[i] = i * width;
  return offsets;
}

/** int64 offsets without a BigInt: two 32-bit halves each. */
function narrowed(offsets: BigInt64Array, length: number): Float64Array {
  const halves = new Uint32Array(offsets.buffer, offsets.byteOffset, offsets.length * 2);
  const result = new Float64Array(length + 1);
  if (offsets.length > length)
    for (let i = 0; i <= length; i++) result[i] = halves[2 * i]! + halves[2 * i + 1]! * 2 ** 32;
  return result;
}

/** A view is 16 bytes: the length, then the value itself up to 12 bytes, or 4 bytes of it, a buffer's index and an offset there. */
function fromViews({ type, length, variadicBuffers }: Data, views: Uint8Array): ByteColumn {
  const view = new DataView(views.buffer, views.byteOffset, views.byteLength);
  const offsets = new Float64Array(length + 1);
  const find = (i: number): Uint8Array => {
    const size = view.getInt32(16 * i, true);
    const from = size <= 12 ? 16 * i + 4 : view.getInt32(16 * i + 12, true);
    const source = size <= 12 ? views : variadicBuffers[view.getInt32(16 * i + 8, true)];
    if (source === undefined || size < 0 || from < 0 || from + size > source.length)
      throw new PitotError("INVALID_DATA", "A view lies outside its column's buffers", {
        value: `row ${i} of ${typeString(type)}`,
        remedy: "Write the batch again.",
      });
    return source.subarray(from, from + size);
  };
  for (let i = 0; i < length; i++) offsets[i + 1] = offsets[i]! + find(i).length;
  const data = new Uint8Array(offsets[length]!);
  for (let i = 0; i < length; i++) data.set(find(i), offsets[i]);
  return { offsets, data };
}
