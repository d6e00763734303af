import { PitotError } from "@pitot/core";
import { Type, type Data } from "apache-arrow";
import { typeString } from "./type-string.ts";

/**
 * Proves that a chunk's buffers hold as many values as it says, so that no kernel reads beyond them. Looks at lengths and the last
 * offset only, never at the values.
 *
 * @throws PitotError INVALID_DATA naming the column and the buffer that is too short
 */
export function checkBuffers(chunk: Data, column: string): void {
  const { length, offset } = chunk;
  const fail = (buffer: string, has: number, needs: number): never => {
    throw new PitotError(
      "INVALID_DATA",
      `The ${buffer} of column ${column} (${typeString(chunk.type)}) hold fewer entries than its ${length} rows need`,
      {
        value: `${has} of ${needs}`,
        remedy: "Write the batch again, or give one whose length agrees with its buffers.",
      },
    );
  };
  const need = (buffer: string, has: number | undefined, needs: number): void => {
    if (length > 0 && (has ?? 0) < needs) fail(buffer, has ?? 0, needs);
  };
  const typeId = chunk.type.typeId;
  const bitmap = chunk.nullBitmap as Uint8Array | null | undefined;
  if (bitmap != null && bitmap.length > 0) need("validity bits", bitmap.length * 8, offset + length);
  const values = chunk.values as ArrayLike<unknown> | undefined;
  switch (typeId) {
    case Type.Null:
    case Type.Struct:
      break;
    case Type.Bool:
      need("values", (values?.length ?? 0) * 8, offset + length);
      break;
    case Type.Utf8:
    case Type.Binary:
    case Type.LargeUtf8:
    case Type.LargeBinary:
    case Type.List:
    case Type.LargeList:
    case Type.Map: {
      const offsets = chunk.valueOffsets as ArrayLike<number | bigint> | undefined;
      need("offsets", offsets?.length, length + 1);
      const end = length === 0 ? 0 : Number(offsets![length]);
      const holds = chunk.children?.[0] !== undefined ? chunk.children[0].length : (values?.length ?? 0);
      if (length > 0 && (end > holds || Number(offsets![0]) > end)) fail("values", holds, end);
      break;
    }
    case Type.Union:
      need("type ids", (chunk.typeIds as Int8Array | undefined)?.length, length);
      break;
    case Type.FixedSizeList:
      need("values", chunk.children?.[0]?.length, length * chunk.stride);
      break;
    case Type.Utf8View:
    case Type.BinaryView:
      need("views", values?.length, length * 16);
      break;
    case Type.Dictionary:
      need("codes", values?.length, length);
      need("dictionaries", chunk.dictionary === undefined ? 0 : length, length);
      break;
    default:
      need("values", values?.length, length * chunk.stride);
  }
  if (typeId === Type.Struct) for (const child of chunk.children ?? []) need(`fields`, child.length, length);
  for (const child of chunk.children ?? []) checkBuffers(child, column);
  for (const part of (chunk.dictionary?.data ?? []) as readonly Data[]) checkBuffers(part, column);
}
