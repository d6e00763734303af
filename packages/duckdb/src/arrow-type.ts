import { PitotError } from "@pitot/core";
import {
  Binary,
  Bool,
  DateDay,
  Decimal,
  Dictionary,
  Field,
  FixedSizeBinary,
  FixedSizeList,
  Float32,
  Float64,
  Int16,
  Int32,
  Int64,
  Int8,
  Interval,
  IntervalUnit,
  List,
  Map_,
  Null,
  SparseUnion,
  Struct,
  TimeMicrosecond,
  TimeNanosecond,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  TimestampSecond,
  Uint16,
  Uint32,
  Uint64,
  Uint8,
  Utf8,
  type DataType,
} from "apache-arrow";
import type { DuckDBTypeLike } from "./duckdb-connection.ts";

/** The parts that nested types have. */
interface NestedType extends DuckDBTypeLike {
  readonly width?: number;
  readonly scale?: number;
  readonly length?: number;
  readonly values?: readonly string[];
  readonly valueType?: DuckDBTypeLike;
  readonly keyType?: DuckDBTypeLike;
  readonly entryNames?: readonly string[];
  readonly entryTypes?: readonly DuckDBTypeLike[];
  readonly memberTags?: readonly string[];
  readonly memberTypes?: readonly DuckDBTypeLike[];
}

// DuckDB's type ids, a part of its stable C interface (duckdb.h, DUCKDB_TYPE).
const PLAIN: Readonly<Record<number, (zone: string) => DataType>> = {
  1: () => new Bool(),
  2: () => new Int8(),
  3: () => new Int16(),
  4: () => new Int32(),
  5: () => new Int64(),
  6: () => new Uint8(),
  7: () => new Uint16(),
  8: () => new Uint32(),
  9: () => new Uint64(),
  10: () => new Float32(),
  11: () => new Float64(),
  12: () => new TimestampMicrosecond(),
  13: () => new DateDay(),
  14: () => new TimeMicrosecond(),
  15: () => new Interval(IntervalUnit.MONTH_DAY_NANO),
  16: () => new Decimal(0, 38),
  17: () => new Utf8(),
  18: () => new Binary(),
  20: () => new TimestampSecond(),
  21: () => new TimestampMillisecond(),
  22: () => new TimestampNanosecond(),
  27: () => new Utf8(),
  29: () => new Utf8(),
  30: () => new TimeMicrosecond(),
  31: (zone) => new TimestampMicrosecond(zone),
  32: () => new FixedSizeBinary(16),
  35: () => new Binary(),
  36: () => new Null(),
  39: () => new TimeNanosecond(),
  40: () => new Binary(),
};

/**
 * The Arrow type of a DuckDB type. Where Arrow has none of its own, the type that holds its values: HUGEINT is decimal128(38, 0),
 * UHUGEINT 16 bytes, UUID and BIT text, BIGNUM and GEOMETRY bytes; TIME WITH TIME ZONE loses its offset. ENUM is a dictionary with
 * the smallest unsigned indices that fit.
 *
 * @param timeZone of TIMESTAMP WITH TIME ZONE; DuckDB keeps instants, and the session's zone is for display
 * @throws PitotError UNSUPPORTED for a type that has no columns of its own, such as VARIANT
 */
export function arrowType(type: DuckDBTypeLike, timeZone: string = "UTC"): DataType {
  const plain = PLAIN[type.typeId];
  if (plain !== undefined) return plain(timeZone);
  const nested = type as NestedType;
  const child = (name: string, inner: DuckDBTypeLike | undefined): Field =>
    Field.new({ name, type: arrowType(inner!, timeZone), nullable: true });
  switch (type.typeId) {
    case 19:
      return new Decimal(nested.scale!, nested.width!);
    case 23: {
      const size = nested.values!.length;
      return new Dictionary(
        new Utf8(),
        size <= 0x100 ? new Uint8() : size <= 0x1_0000 ? new Uint16() : new Uint32(),
      );
    }
    case 24:
      return new List(child("l", nested.valueType));
    case 33:
      return new FixedSizeList(nested.length!, child("l", nested.valueType));
    case 25:
      return new Struct(nested.entryNames!.map((name, i) => child(name, nested.entryTypes![i])));
    case 26:
      return new Map_(
        Field.new({
          name: "entries",
          nullable: false,
          type: new Struct<{ key: DataType; value: DataType }>([
            Field.new({ name: "key", type: arrowType(nested.keyType!, timeZone), nullable: false }),
            child("value", nested.valueType),
          ]),
        }),
      );
    case 28:
      return new SparseUnion(
        nested.memberTags!.map((_, i) => i),
        nested.memberTags!.map((name, i) => child(name, nested.memberTypes![i])),
      );
    default:
      throw new PitotError("UNSUPPORTED", "This type of DuckDB has no Arrow type", {
        value: type.toString(),
        remedy: "Cast the column, e.g. to VARCHAR or JSON.",
      });
  }
}
