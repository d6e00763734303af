import type { DataType } from "apache-arrow";
import type { Scalar } from "../parquet/column-bounds.ts";
import type { Outcomes } from "./outcomes.ts";
import type { KnownColumn } from "./predicate.ts";

/** Bounds of a column in many containers, by column. Containers that they cannot tell of exactly are judged one by one. */
export type BoundsColumn =
  | {
      readonly kind: "numbers";
      readonly type: DataType;
      /** {@link HAS_VALUES}, {@link HAS_NULLS} and {@link IS_UNKNOWN} of each container. */
      readonly facts: Uint8Array;
      /** Whether a bound is a value of its container. */
      readonly exact: boolean;
      /** NaN is no bound; 64-bit integers are exact, since those beyond 2^53 are not among them. */
      readonly min: Float64Array;
      readonly max: Float64Array;
    }
  | {
      readonly kind: "texts";
      readonly type: DataType;
      readonly facts: Uint8Array;
      readonly exact: boolean;
      /** Places in `values`; -1 is no bound. */
      readonly min: Int32Array;
      readonly max: Int32Array;
      readonly values: readonly string[];
    }
  | {
      /** Few different containers, such as partitions. */
      readonly kind: "codes";
      readonly codes: Int32Array;
      readonly known: readonly (KnownColumn | undefined)[];
    };

/** Bounds of many containers. */
export interface ManyBounds {
  /** Containers. */
  readonly length: number;
  /** Undefined where nothing is known of the column in any of them. */
  column(leafPath: string): BoundsColumn | undefined;
}

/** There may be a value that is not null. */
export const HAS_VALUES = 1;
/** There may be a null. */
export const HAS_NULLS = 2;
/** Nothing is known. */
export const IS_UNKNOWN = 4;

/** What a predicate may come to in each container: a set of these. */
export type OutcomeMask = Uint8Array;

export const CAN_BE_TRUE = 1;
export const CAN_BE_FALSE = 2;
export const CAN_BE_NULL = 4;

/** A set of outcomes as bits. */
export function outcomeBits({ canBeTrue, canBeFalse, canBeNull }: Outcomes): number {
  return (canBeTrue ? CAN_BE_TRUE : 0) | (canBeFalse ? CAN_BE_FALSE : 0) | (canBeNull ? CAN_BE_NULL : 0);
}

/** A set of outcomes from its bits. */
export function outcomesOfBits(bits: number): Outcomes {
  return {
    canBeTrue: (bits & CAN_BE_TRUE) !== 0,
    canBeFalse: (bits & CAN_BE_FALSE) !== 0,
    canBeNull: (bits & CAN_BE_NULL) !== 0,
  };
}

/** What is known of a column in one of the containers. */
export function knownColumn(column: BoundsColumn, container: number): KnownColumn | undefined {
  if (column.kind === "codes") return column.known[column.codes[container]!];
  const { type, exact } = column;
  const facts = column.facts[container]!;
  if ((facts & IS_UNKNOWN) !== 0) return undefined;
  const hasValues = (facts & HAS_VALUES) !== 0;
  const hasNulls = (facts & HAS_NULLS) !== 0;
  const [min, max] =
    column.kind === "texts"
      ? [column.values[column.min[container]!], column.values[column.max[container]!]]
      : [bound(column.min[container]!), bound(column.max[container]!)];
  return {
    type,
    bounds: {
      rows: 1,
      // Counts are not kept, only whether there may be some: one row that may be either tells as much.
      ...(!hasNulls ? { nullCount: 0 } : !hasValues ? { nullCount: 1 } : {}),
      ...(min !== undefined && { min }),
      ...(max !== undefined && { max }),
      minExact: exact && min !== undefined,
      maxExact: exact && max !== undefined,
    },
  };
}

function bound(value: number): Scalar | undefined {
  return Number.isNaN(value) ? undefined : value;
}
