import {
  DataType,
  Decimal,
  Dictionary,
  DurationMicrosecond,
  DurationMillisecond,
  DurationNanosecond,
  DurationSecond,
  Field,
  FixedSizeList,
  Int32,
  LargeBinary,
  LargeList,
  LargeUtf8,
  List,
  Struct,
  TimeUnit,
  Timestamp,
} from "apache-arrow";
import { namedMap } from "./named-map.ts";
import type { StoredField, StoredType } from "./stored-arrow-schema.ts";

/** Fields as Parquet says them, with what only the stored schema knows. Fields are matched by place; where the counts differ, nothing is restored. */
export function restoreFields(inferred: readonly Field[], stored: readonly StoredField[]): Field[] {
  if (inferred.length !== stored.length) return [...inferred];
  return inferred.map((field, i) => restoreField(field, stored[i]!));
}

function restoreField(field: Field, stored: StoredField): Field {
  const type = restoreType(field.type as DataType, stored);
  const metadata = new Map([...stored.metadata, ...field.metadata]);
  return new Field(field.name, type, field.nullable, metadata);
}

function restoreType(inferred: DataType, stored: StoredField): DataType {
  const value = restoreNested(inferred, stored) ?? restoreFlat(inferred, stored.type) ?? inferred;
  // Dictionaries come back for texts and bytes, always with 32-bit codes: it is how readers of Parquet build them.
  if (stored.dictionary !== undefined && isText(value))
    return new Dictionary(value, new Int32(), null, stored.dictionary.ordered);
  return value;
}

function isText(type: DataType): boolean {
  return (
    DataType.isUtf8(type) ||
    DataType.isBinary(type) ||
    DataType.isLargeUtf8(type) ||
    DataType.isLargeBinary(type)
  );
}

const DURATIONS: Readonly<Record<number, new () => DataType>> = {
  [TimeUnit.SECOND]: DurationSecond,
  [TimeUnit.MILLISECOND]: DurationMillisecond,
  [TimeUnit.MICROSECOND]: DurationMicrosecond,
  [TimeUnit.NANOSECOND]: DurationNanosecond,
};

function restoreFlat(inferred: DataType, stored: StoredType): DataType | undefined {
  switch (stored.kind) {
    case "timestamp":
      // Only an instant can have a zone: without one Parquet knows that it is a local time.
      return DataType.isTimestamp(inferred) && inferred.timezone === "UTC" && stored.timezone !== ""
        ? new Timestamp(inferred.unit, stored.timezone)
        : undefined;
    case "duration": {
      const Duration = DURATIONS[stored.unit];
      return DataType.isInt(inferred) &&
        inferred.bitWidth === 64 &&
        inferred.isSigned &&
        Duration !== undefined
        ? new Duration()
        : undefined;
    }
    case "decimal":
      return DataType.isDecimal(inferred) && fits(inferred.precision, stored.bitWidth)
        ? new Decimal(inferred.scale, inferred.precision, stored.bitWidth)
        : undefined;
    case "largeUtf8":
      return DataType.isUtf8(inferred) ? new LargeUtf8() : undefined;
    case "largeBinary":
      return DataType.isBinary(inferred) ? new LargeBinary() : undefined;
    default:
      return undefined;
  }
}

function fits(precision: number, bitWidth: number): boolean {
  const most = { 32: 9, 64: 18, 128: 38, 256: 76 }[bitWidth];
  return most !== undefined && precision <= most;
}

function restoreNested(inferred: DataType, stored: StoredField): DataType | undefined {
  const { kind } = stored.type;
  if (DataType.isStruct(inferred) && kind === "struct")
    return new Struct(restoreFields(inferred.children, stored.children));
  if (DataType.isList(inferred)) {
    const [item] = restoreFields(inferred.children, stored.children);
    if (item === undefined) return undefined;
    if (kind === "list") return new List(item);
    if (kind === "largeList") return new LargeList(item);
    if (kind === "fixedSizeList" && stored.type.kind === kind && stored.type.listSize >= 0)
      return new FixedSizeList(stored.type.listSize, item);
    return undefined;
  }
  if (DataType.isMap(inferred) && stored.type.kind === "map") {
    const [entries] = inferred.children as unknown as Field[];
    const [storedEntries] = stored.children;
    if (entries === undefined || storedEntries === undefined) return undefined;
    const children = restoreFields((entries.type as DataType).children, storedEntries.children);
    return namedMap(storedEntries.name, children, stored.type.keysSorted);
  }
  return undefined;
}
