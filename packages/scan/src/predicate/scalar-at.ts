import { DataType, Precision, type Data } from "apache-arrow";
import type { Scalar } from "../parquet/column-bounds.ts";

/** The value of a row as the `Scalar` of its type; null where it is null. For single values: it makes an object per text and bigint. */
export function scalarAt(data: Data, row: number): Scalar | null {
  if (!data.getValid(row)) return null;
  const { type, values } = data;
  if (DataType.isNull(type)) return null;
  if (DataType.isDictionary(type)) return scalarAt(data.dictionary!.data[0]!, (values as Int32Array)[row]!);
  if (DataType.isBool(type)) {
    const at = row + data.offset;
    return ((values as Uint8Array)[at >> 3]! >> (at & 7)) % 2 === 1;
  }
  if (DataType.isDecimal(type)) {
    const width = type.bitWidth / 32;
    const words = values as Uint32Array;
    let value = 0n;
    for (let i = width - 1; i >= 0; i--) value = (value << 32n) | BigInt(words[row * width + i]!);
    return BigInt.asIntN(type.bitWidth, value);
  }
  if (DataType.isFixedSizeBinary(type))
    return (values as Uint8Array).subarray(row * type.byteWidth, (row + 1) * type.byteWidth);
  const offsets = data.valueOffsets as unknown as Int32Array | BigInt64Array | undefined;
  if (
    DataType.isUtf8(type) ||
    DataType.isLargeUtf8(type) ||
    DataType.isBinary(type) ||
    DataType.isLargeBinary(type)
  ) {
    const bytes = (values as Uint8Array).subarray(Number(offsets![row]), Number(offsets![row + 1]));
    return DataType.isBinary(type) || DataType.isLargeBinary(type)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  }
  if (DataType.isFloat(type) && type.precision === Precision.HALF)
    return halfToNumber((values as Uint16Array)[row]!);
  return (values as Float64Array | BigInt64Array)[row]!;
}

/** IEEE 754 half precision, from its 16 bits. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
