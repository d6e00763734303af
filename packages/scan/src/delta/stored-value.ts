import { DataType, DateUnit, Precision, TimeUnit, type Data } from "apache-arrow";
import { PitotError } from "@pitot/core";
import { halfToNumber, scalarAt } from "../predicate/scalar-at.ts";

/** A value as it is stored: days, microseconds and unscaled decimals, lists as arrays, structs as objects, maps as entries. */
export type StoredValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly StoredValue[]
  | { readonly [name: string]: StoredValue };

/** Milliseconds of a day. */
const DAY = 86_400_000n;

/** Reads the values of an Arrow array as they are stored in a Delta table. One function per array: its type is looked at once. */
export function storedValues(data: Data): (row: number) => StoredValue {
  const read = reader(data);
  return data.nullCount === 0 ? read : (row) => (data.getValid(row) ? read(row) : null);
}

function reader(data: Data): (row: number) => StoredValue {
  const type = data.type;
  if (DataType.isDictionary(type)) {
    const keys = data.values as Int32Array;
    const chunks = data.dictionary!.data.map((chunk) => storedValues(chunk));
    const starts = data.dictionary!.data.map((_, i) =>
      data.dictionary!.data.slice(0, i).reduce((sum, chunk) => sum + chunk.length, 0),
    );
    return (row) => {
      const key = Number(keys[row]);
      const chunk = starts.findLastIndex((start) => start <= key);
      return chunks[chunk]!(key - starts[chunk]!);
    };
  }
  if (DataType.isFloat(type) && type.precision === Precision.HALF) {
    const values = data.values as Uint16Array;
    return (row) => halfToNumber(values[row]!);
  }
  if (DataType.isInt(type) && !type.isSigned && type.bitWidth === 32) {
    const values = data.values as Uint32Array;
    return (row) => BigInt(values[row]!);
  }
  if (DataType.isInt(type) || DataType.isFloat(type)) {
    const values = data.values as Float64Array | BigInt64Array;
    return (row) => values[row]!;
  }
  if (DataType.isDate(type)) {
    if (type.unit === DateUnit.DAY) {
      const values = data.values as Int32Array;
      return (row) => values[row]!;
    }
    const values = data.values as unknown as BigInt64Array;
    return (row) => Number((values[row]! - (((values[row]! % DAY) + DAY) % DAY)) / DAY);
  }
  if (DataType.isTimestamp(type)) return timestamps(data.values as BigInt64Array, type.unit);
  if (DataType.isStruct(type)) {
    const fields = type.children.map(
      ({ name }, i) => [name, storedValues(data.children[i] as Data)] as const,
    );
    return (row) => Object.fromEntries(fields.map(([name, read]) => [name, read(row)]));
  }
  if (DataType.isList(type)) {
    const element = storedValues(data.children[0] as Data);
    const offsets = data.valueOffsets as Int32Array;
    return (row) => range(offsets[row]!, offsets[row + 1]!, element);
  }
  if (DataType.isFixedSizeList(type)) {
    const element = storedValues(data.children[0] as Data);
    const { listSize } = type;
    return (row) => range(row * listSize, (row + 1) * listSize, element);
  }
  if (DataType.isMap(type)) {
    const entries = data.children[0] as Data;
    const key = storedValues(entries.children[0] as Data);
    const value = storedValues(entries.children[1] as Data);
    const offsets = data.valueOffsets as Int32Array;
    return (row) => range(offsets[row]!, offsets[row + 1]!, (i) => ({ key: key(i), value: value(i) }));
  }
  return (row) => scalarAt(data, row);
}

function range(from: number, to: number, read: (row: number) => StoredValue): StoredValue[] {
  const items: StoredValue[] = [];
  for (let i = from; i < to; i++) items.push(read(i));
  return items;
}

function timestamps(values: BigInt64Array, unit: TimeUnit): (row: number) => bigint {
  if (unit === TimeUnit.MICROSECOND) return (row) => values[row]!;
  if (unit === TimeUnit.SECOND) return (row) => values[row]! * 1_000_000n;
  if (unit === TimeUnit.MILLISECOND) return (row) => values[row]! * 1_000n;
  return (row) => {
    const nanos = values[row]!;
    if (nanos % 1_000n !== 0n)
      throw new PitotError("INVALID_DATA", "A timestamp has nanoseconds, and Delta Lake keeps microseconds", {
        value: nanos,
        remedy: "Round the column to microseconds before it is written.",
      });
    return nanos / 1_000n;
  };
}
