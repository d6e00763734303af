// One pass over the buffers of a column for each comparison. 64-bit and 128-bit integers are compared by 32-bit words: a BigInt per value
// would cost ten times as much.
import { DataType, Precision, Type, type Data } from "apache-arrow";
import type { Scalar } from "../parquet/column-bounds.ts";
import { compareBytes } from "./compare-scalars.ts";
import type { RowMask } from "./predicate.ts";
import { halfToNumber, scalarAt } from "./scalar-at.ts";

/** Whether a comparison holds by the order of value and literal. */
interface Truth {
  readonly less: boolean;
  readonly equal: boolean;
  readonly greater: boolean;
  readonly unordered: boolean;
}

/** `column operator literal` for each row; `literal` is of the column's type. */
export function compareMask(data: Data, literal: Scalar, truth: Truth): RowMask {
  const mask = new Uint8Array(data.length);
  if (data.type.typeId === Type.Null) return mask.fill(2);
  if (DataType.isDictionary(data.type)) {
    const dictionary = data.dictionary!.data[0]!;
    const values = compareMask(dictionary, literal, truth);
    const codes = data.values as Int32Array;
    for (let i = 0; i < mask.length; i++) mask[i] = values[codes[i]!] ?? 2;
    return maskNulls(mask, data);
  }
  const [less, equal, greater, unordered] = [truth.less, truth.equal, truth.greater, truth.unordered].map(
    Number,
  ) as [number, number, number, number];
  const { values } = data;
  if (typeof literal === "number" && isHalf(data)) {
    for (let i = 0; i < mask.length; i++) {
      const value = halfToNumber((values as Uint16Array)[i]!);
      mask[i] = value < literal ? less : value > literal ? greater : value === literal ? equal : unordered;
    }
  } else if (typeof literal === "number") {
    const numbers = values as Float64Array;
    for (let i = 0; i < mask.length; i++) {
      const value = numbers[i]!;
      mask[i] = value < literal ? less : value > literal ? greater : value === literal ? equal : unordered;
    }
  } else if (typeof literal === "bigint") {
    compareWords(mask, data, literal, less, equal, greater);
  } else if (typeof literal === "boolean") {
    const bits = values as Uint8Array;
    const wanted = literal ? 1 : 0;
    for (let i = 0; i < mask.length; i++) {
      const bit = (bits[(i + data.offset) >> 3]! >> ((i + data.offset) & 7)) & 1;
      mask[i] = bit < wanted ? less : bit > wanted ? greater : equal;
    }
  } else
    compareText(
      mask,
      data,
      typeof literal === "string" ? Buffer.from(literal) : literal,
      less,
      equal,
      greater,
    );
  return maskNulls(mask, data);
}

/** Whether each row has one of the values, which are of the column's type. */
export function memberMask(data: Data, values: readonly Scalar[]): RowMask {
  const mask = new Uint8Array(data.length);
  if (values.length <= 8) {
    for (const value of values) {
      const equal = compareMask(data, value, { less: false, equal: true, greater: false, unordered: false });
      for (let i = 0; i < mask.length; i++) mask[i]! |= equal[i]!;
    }
    // 2 | 1 cannot be: null rows are 2 in every mask.
    return values.length === 0 ? maskNulls(mask, data) : mask;
  }
  const members = new Set(values.map(memberKey));
  for (let i = 0; i < mask.length; i++) {
    const value = scalarAt(data, i);
    mask[i] = value === null ? 2 : members.has(memberKey(value)) && value === value ? 1 : 0;
  }
  return mask;
}

/** 1 where the column is null, 0 elsewhere. */
export function nullMask(data: Data): RowMask {
  const mask = maskNulls(new Uint8Array(data.length), data);
  for (let i = 0; i < mask.length; i++) mask[i]! >>= 1;
  return mask;
}

/** 1 where the column is NaN; 2 where it is null. */
export function nanMask(data: Data): RowMask {
  const mask = new Uint8Array(data.length);
  const values = data.values as Float64Array;
  if (isHalf(data)) for (let i = 0; i < mask.length; i++) mask[i] = (values[i]! & 0x7fff) > 0x7c00 ? 1 : 0;
  else for (let i = 0; i < mask.length; i++) mask[i] = values[i] === values[i] ? 0 : 1;
  return maskNulls(mask, data);
}

function maskNulls(mask: RowMask, data: Data): RowMask {
  if (data.type.typeId === Type.Null) return mask.fill(2);
  const bits = data.nullBitmap;
  if (data.nullCount === 0 || bits === undefined || bits.length === 0) return mask;
  for (let i = 0; i < mask.length; i++) {
    const at = i + data.offset;
    if (((bits[at >> 3]! >> (at & 7)) & 1) === 0) mask[i] = 2;
  }
  return mask;
}

function compareWords(
  mask: RowMask,
  data: Data,
  literal: bigint,
  less: number,
  equal: number,
  greater: number,
): void {
  const { buffer, byteOffset, byteLength } = data.values as BigInt64Array;
  const width = DataType.isDecimal(data.type) ? data.type.bitWidth / 32 : 2;
  // A word with its sign bit flipped is ordered as unsigned, also when it is the signed top one.
  const flip = DataType.isInt(data.type) && !data.type.isSigned ? 0 : 0x80000000;
  const words = new Uint32Array(buffer, byteOffset, byteLength >> 2);
  const wanted = Array.from({ length: width }, (_, i) =>
    Number(BigInt.asUintN(32, literal >> BigInt(32 * i))),
  );
  wanted[width - 1] = (wanted[width - 1]! ^ flip) >>> 0;
  const top = width - 1;
  for (let i = 0; i < mask.length; i++) {
    const start = i * width;
    let word = (words[start + top]! ^ flip) >>> 0;
    let at = top;
    while (word === wanted[at] && at > 0) word = words[start + --at]!;
    mask[i] = word < wanted[at]! ? less : word > wanted[at]! ? greater : equal;
  }
}

function compareText(
  mask: RowMask,
  data: Data,
  literal: Uint8Array,
  less: number,
  equal: number,
  greater: number,
): void {
  const bytes = data.values as Uint8Array;
  const offsets = data.valueOffsets as unknown as Int32Array | BigInt64Array | undefined;
  const width = DataType.isFixedSizeBinary(data.type) ? data.type.byteWidth : 0;
  const equalityOnly = less === greater;
  for (let i = 0; i < mask.length; i++) {
    const start = offsets === undefined || width > 0 ? i * width : Number(offsets[i]);
    const end = offsets === undefined || width > 0 ? start + width : Number(offsets[i + 1]);
    if (equalityOnly && end - start !== literal.length) {
      mask[i] = less;
      continue;
    }
    const order = compareBytes(bytes.subarray(start, end), literal);
    mask[i] = order < 0 ? less : order > 0 ? greater : equal;
  }
}

function isHalf(data: Data): boolean {
  return DataType.isFloat(data.type) && data.type.precision === Precision.HALF;
}

function memberKey(value: Scalar): Scalar {
  return value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value === 0 ? 0 : value;
}
