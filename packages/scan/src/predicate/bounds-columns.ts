import type { DataType } from "apache-arrow";
import type { Scalar } from "../parquet/column-bounds.ts";
import { compareScalars } from "./compare-scalars.ts";
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

/** Some containers of a column, next to each other. Costs nothing: they are not copied. */
export function boundsSlice(column: BoundsColumn, from: number, to: number): BoundsColumn {
  if (column.kind === "codes") return { ...column, codes: column.codes.subarray(from, to) };
  const facts = column.facts.subarray(from, to);
  return column.kind === "numbers"
    ? { ...column, facts, min: column.min.subarray(from, to), max: column.max.subarray(from, to) }
    : { ...column, facts, min: column.min.subarray(from, to), max: column.max.subarray(from, to) };
}

/** The bounds of each `size` containers together, as one. */
export function boundsOfBlocks(column: Exclude<BoundsColumn, { kind: "codes" }>, size: number): BoundsColumn {
  const length = Math.ceil(column.facts.length / size);
  const facts = new Uint8Array(length);
  for (let i = 0; i < column.facts.length; i++) facts[Math.floor(i / size)]! |= column.facts[i]!;
  if (column.kind === "numbers") {
    const min = new Float64Array(length).fill(Number.POSITIVE_INFINITY);
    const max = new Float64Array(length).fill(Number.NEGATIVE_INFINITY);
    for (let i = 0; i < column.facts.length; i++) {
      // A container of nulls alone has no bounds, and needs none.
      if ((column.facts[i]! & HAS_VALUES) === 0) continue;
      const block = Math.floor(i / size);
      // NaN, which is no bound, stays.
      min[block] = Math.min(min[block]!, column.min[i]!);
      max[block] = Math.max(max[block]!, column.max[i]!);
    }
    return { ...column, facts, min, max };
  }
  const min = new Int32Array(length).fill(NO_BOUND);
  const max = new Int32Array(length).fill(NO_BOUND);
  const started = new Uint8Array(length);
  const isBelow = (a: number, b: number): boolean =>
    a !== b && compareScalars(column.values[a]!, column.values[b]!) < 0;
  for (let i = 0; i < column.facts.length; i++) {
    if ((column.facts[i]! & HAS_VALUES) === 0) continue;
    const block = Math.floor(i / size);
    const [low, high] = [column.min[i]!, column.max[i]!];
    const isFirst = started[block] === 0;
    started[block] = 1;
    if (low < 0) min[block] = NO_BOUND;
    else if (isFirst || (min[block]! >= 0 && isBelow(low, min[block]!))) min[block] = low;
    if (high < 0) max[block] = NO_BOUND;
    else if (isFirst || (max[block]! >= 0 && isBelow(max[block]!, high))) max[block] = high;
  }
  return { ...column, facts, min, max };
}

const NO_BOUND = -1;

function bound(value: number): Scalar | undefined {
  return Number.isNaN(value) ? undefined : value;
}
