import {
  DataType,
  DateUnit,
  IntervalUnit,
  Precision,
  TimeUnit,
  Type,
  UnionMode,
  type Field,
} from "apache-arrow";
import { checkType } from "./check-argument.ts";

const UNITS: Readonly<Record<number, string>> = {
  [TimeUnit.SECOND]: "s",
  [TimeUnit.MILLISECOND]: "ms",
  [TimeUnit.MICROSECOND]: "us",
  [TimeUnit.NANOSECOND]: "ns",
};

/**
 * The type as pyarrow prints it: `timestamp[us, tz=UTC]`, `list<element: string>`, `decimal128(10, 2)`.
 * Types that no reader of this library makes are printed as it names them.
 * @throws PitotError INVALID_ARGUMENT for what is no type
 */
export function typeString(type: DataType): string {
  checkType(type);
  if (DataType.isInt(type)) return `${type.isSigned ? "" : "u"}int${type.bitWidth}`;
  if (DataType.isFloat(type))
    return { [Precision.HALF]: "halffloat", [Precision.SINGLE]: "float", [Precision.DOUBLE]: "double" }[
      type.precision
    ];
  if (DataType.isDecimal(type)) return `decimal${type.bitWidth}(${type.precision}, ${type.scale})`;
  if (DataType.isDate(type)) return type.unit === DateUnit.DAY ? "date32[day]" : "date64[ms]";
  if (DataType.isTime(type)) return `time${type.bitWidth}[${UNITS[type.unit]}]`;
  if (DataType.isTimestamp(type))
    return `timestamp[${UNITS[type.unit]}${type.timezone == null ? "" : `, tz=${type.timezone}`}]`;
  if (DataType.isDuration(type)) return `duration[${UNITS[type.unit]}]`;
  if (DataType.isInterval(type))
    return {
      [IntervalUnit.YEAR_MONTH]: "month_interval",
      [IntervalUnit.DAY_TIME]: "day_time_interval",
      [IntervalUnit.MONTH_DAY_NANO]: "month_day_nano_interval",
    }[type.unit];
  if (DataType.isList(type)) return `list<${child(type.children[0])}>`;
  if (DataType.isLargeList(type)) return `large_list<${child(type.children[0])}>`;
  if (DataType.isFixedSizeList(type)) return `fixed_size_list<${child(type.children[0])}>[${type.listSize}]`;
  if (DataType.isStruct(type)) return `struct<${type.children.map(child).join(", ")}>`;
  if (DataType.isMap(type)) {
    const entries = type.children[0] as Field | undefined;
    const [key, value] = (entries?.type as DataType | undefined)?.children ?? [];
    return `map<${entry(key, "key")}, ${entry(value, "value")}${type.keysSorted ? ", keys_sorted" : ""}${unusual(entries, "entries")}>`;
  }
  if (DataType.isUnion(type))
    return `${type.mode === UnionMode.Sparse ? "sparse" : "dense"}_union<${type.children.map((field, i) => `${child(field)}=${type.typeIds[i]}`).join(", ")}>`;
  if (DataType.isDictionary(type))
    return `dictionary<values=${typeString(type.dictionary)}, indices=${typeString(type.indices)}, ordered=${type.isOrdered ? 1 : 0}>`;
  if (DataType.isFixedSizeBinary(type)) return `fixed_size_binary[${type.byteWidth}]`;
  return SIMPLE[type.typeId] ?? Type[type.typeId];
}

const SIMPLE: Partial<Record<Type, string>> = {
  [Type.Null]: "null",
  [Type.Bool]: "bool",
  [Type.Utf8]: "string",
  [Type.LargeUtf8]: "large_string",
  [Type.Binary]: "binary",
  [Type.LargeBinary]: "large_binary",
  [Type.Utf8View]: "string_view",
  [Type.BinaryView]: "binary_view",
};

function child(field: Field | undefined): string {
  return field === undefined
    ? ""
    : `${field.name}: ${typeString(field.type)}${field.nullable ? "" : " not null"}`;
}

// Names within maps are shown where they are not the usual ones.
function entry(field: Field | undefined, usual: string): string {
  return field === undefined ? "" : typeString(field.type) + unusual(field, usual);
}

function unusual(field: Field | undefined, usual: string): string {
  return field === undefined || field.name === usual ? "" : ` ('${field.name}')`;
}
