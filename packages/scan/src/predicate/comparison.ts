import { PitotError } from "@pitot/core";
import { DataType } from "apache-arrow";
import type { Scalar } from "../parquet/column-bounds.ts";
import { compareMask } from "./column-mask.ts";
import { compareScalars } from "./compare-scalars.ts";
import { Expression } from "./expression.ts";
import { literalText, scalarOf, type Literal } from "./literal.ts";
import { ANY_OUTCOME, type Outcomes } from "./outcomes.ts";
import type { BoundsOf, ColumnOf, KnownColumn, RowMask } from "./predicate.ts";
import {
  CAN_BE_FALSE,
  CAN_BE_NULL,
  CAN_BE_TRUE,
  HAS_NULLS,
  HAS_VALUES,
  IS_UNKNOWN,
  outcomeBits,
  type BoundsColumn,
  type ManyBounds,
  type OutcomeMask,
} from "./bounds-columns.ts";
import { canBeNaN, canBeNull, hasValues, usableBounds } from "./bounds-facts.ts";

/** How a column is compared with a literal, as pyarrow writes it. */
export type Operator = "==" | "!=" | "<" | "<=" | ">" | ">=";

/** Whether the operator holds for a value that is less than, equal to, greater than, or without order to the literal. */
interface Truth {
  readonly less: boolean;
  readonly equal: boolean;
  readonly greater: boolean;
  /** IEEE 754: nothing holds of NaN but that it is unequal. */
  readonly unordered: boolean;
}

const TRUTH: Readonly<Record<Operator, Truth>> = {
  "==": { less: false, equal: true, greater: false, unordered: false },
  "!=": { less: true, equal: false, greater: true, unordered: true },
  "<": { less: true, equal: false, greater: false, unordered: false },
  "<=": { less: true, equal: true, greater: false, unordered: false },
  ">": { less: false, equal: false, greater: true, unordered: false },
  ">=": { less: false, equal: true, greater: true, unordered: false },
};

/** `column operator literal`; null where the column is. */
export class Comparison extends Expression {
  readonly columns: readonly string[];
  readonly #path: string;
  readonly #operator: Operator;
  readonly #literal: Literal;
  readonly #scalars = new ScalarByType();

  constructor(path: string, operator: Operator, literal: Literal) {
    super();
    requireLiteral(literal, path);
    this.#path = path;
    this.#operator = operator;
    this.#literal = literal;
    this.columns = [path];
  }

  check(typeOf: (leafPath: string) => DataType | undefined): void {
    this.#scalars.of(this.#literal, requireType(typeOf, this.#path), this.#path);
  }

  outcomes(boundsOf: BoundsOf): Outcomes {
    const known = boundsOf(this.#path);
    if (known === undefined) return ANY_OUTCOME;
    const scalar = this.#scalars.find(this.#literal, known.type, this.#path);
    return scalar === undefined ? ANY_OUTCOME : comparisonOutcomes(TRUTH[this.#operator], scalar, known);
  }

  override outcomesOfMany(bounds: ManyBounds): OutcomeMask {
    const column = bounds.column(this.#path);
    if (column === undefined || column.kind === "codes") return super.outcomesOfMany(bounds);
    const scalar = this.#scalars.find(this.#literal, column.type, this.#path);
    if (scalar === undefined) return new Uint8Array(bounds.length).fill(outcomeBits(ANY_OUTCOME));
    // A NaN has no order, and is not of integers.
    if (scalar !== scalar) return super.outcomesOfMany(bounds);
    const truth = TRUTH[this.#operator];
    if (column.kind === "texts") return textOutcomes(truth, column, scalar);
    if (typeof scalar !== "number" && typeof scalar !== "bigint") return super.outcomesOfMany(bounds);
    // Beyond 2^53 a double still has the right side of all bounds, which lie within.
    return numberOutcomes(truth, column, Number(scalar));
  }

  evaluate(row: (leafPath: string) => unknown): boolean | null {
    const value = row(this.#path);
    return value === null || value === undefined
      ? null
      : holds(TRUTH[this.#operator], compareValue(value, this.#literal, this.#path));
  }

  mask(columns: ColumnOf): RowMask {
    const data = columns(this.#path);
    const truth = TRUTH[this.#operator];
    return compareMask(data, this.#scalars.of(this.#literal, data.type, this.#path), truth);
  }

  toString(): string {
    return `(${this.#path} ${this.#operator} ${literalText(this.#literal)})`;
  }
}

/** What a comparison may come to for the values within bounds. */
function comparisonOutcomes(
  truth: Truth,
  literal: Scalar,
  { bounds, type, mightContain }: KnownColumn,
): Outcomes {
  const nulls = canBeNull(bounds);
  if (!hasValues(bounds)) return { canBeTrue: false, canBeFalse: false, canBeNull: nulls };
  const { min, max } = usableBounds(bounds);
  const low = min === undefined ? Number.NaN : compareScalars(min, literal);
  const high = max === undefined ? Number.NaN : compareScalars(max, literal);
  // Which sides of the literal may hold a value. A bound without order to the literal says nothing.
  // An inexact bound skips what lies beyond it, but proves no equality.
  const less = !(low > 0 || (low === 0 && bounds.minExact));
  const greater = !(high < 0 || (high === 0 && bounds.maxExact));
  const within = !(low > 0) && !(high < 0);
  const asksOne = truth.less === truth.greater;
  const equal = within && (!asksOne || mightContain?.(literal) !== false);
  const unordered = canBeNaN(bounds, type) || literal !== literal;
  // A NaN literal has no order with any value, whatever the bounds.
  const sides =
    literal !== literal
      ? []
      : ([
          [less, truth.less],
          [equal, truth.equal],
          [greater, truth.greater],
        ] as const);
  const all = [...sides, [unordered, truth.unordered] as const];
  return {
    canBeTrue: all.some(([possible, value]) => possible && value),
    canBeFalse: all.some(([possible, value]) => possible && !value),
    canBeNull: nulls,
  };
}

/** By which values there may be: less than the literal, 1; equal, 2; greater, 4; without order to it, 8. */
function outcomesBySides(truth: Truth): Uint8Array {
  const sides = [truth.less, truth.equal, truth.greater, truth.unordered];
  return Uint8Array.from({ length: 16 }, (_, possible) =>
    sides.reduce(
      (bits, holds, side) => ((possible >> side) & 1 ? bits | (holds ? CAN_BE_TRUE : CAN_BE_FALSE) : bits),
      0,
    ),
  );
}

const UNKNOWN = CAN_BE_TRUE | CAN_BE_FALSE | CAN_BE_NULL;

function numberOutcomes(
  truth: Truth,
  { type, facts, exact, min, max }: BoundsColumn & { kind: "numbers" },
  literal: number,
): OutcomeMask {
  const bySides = outcomesBySides(truth);
  const out = new Uint8Array(facts.length);
  const unordered = DataType.isFloat(type) ? 8 : 0;
  for (let i = 0; i < out.length; i++) {
    const fact = facts[i]!;
    if ((fact & IS_UNKNOWN) !== 0) {
      out[i] = UNKNOWN;
      continue;
    }
    let bits = (fact & HAS_NULLS) === 0 ? 0 : CAN_BE_NULL;
    if ((fact & HAS_VALUES) !== 0) {
      const low = min[i]!;
      const high = max[i]!;
      let sides = unordered;
      // NaN is no bound, and no comparison with it holds.
      if (!(low > literal) && !(exact && low === literal)) sides |= 1;
      if (!(low > literal) && !(high < literal)) sides |= 2;
      if (!(high < literal) && !(exact && high === literal)) sides |= 4;
      bits |= bySides[sides]!;
    }
    out[i] = bits;
  }
  return out;
}

function textOutcomes(
  truth: Truth,
  { facts, exact, min, max, values }: BoundsColumn & { kind: "texts" },
  literal: Scalar,
): OutcomeMask {
  const bySides = outcomesBySides(truth);
  const out = new Uint8Array(facts.length);
  const orders = Int8Array.from(values, (value) => Math.sign(compareScalars(value, literal)));
  for (let i = 0; i < out.length; i++) {
    const fact = facts[i]!;
    if ((fact & IS_UNKNOWN) !== 0) {
      out[i] = UNKNOWN;
      continue;
    }
    let bits = (fact & HAS_NULLS) === 0 ? 0 : CAN_BE_NULL;
    if ((fact & HAS_VALUES) !== 0) {
      // Where there is no bound, the literal lies within.
      const low = min[i]! < 0 ? -1 : orders[min[i]!]!;
      const high = max[i]! < 0 ? 1 : orders[max[i]!]!;
      let sides = 0;
      if (low < 0 || (low === 0 && !exact)) sides |= 1;
      if (low <= 0 && high >= 0) sides |= 2;
      if (high > 0 || (high === 0 && !exact)) sides |= 4;
      bits |= bySides[sides]!;
    }
    out[i] = bits;
  }
  return out;
}

/** Literals converted to the types of the columns that they met, each once. */
export class ScalarByType {
  readonly #known = new Map<DataType, Scalar | PitotError>();

  /** @throws PitotError where the literal is not of the type */
  of(literal: Literal, type: DataType, path: string): Scalar {
    const scalar = this.#convert(literal, type, path);
    if (scalar instanceof PitotError) throw scalar;
    return scalar;
  }

  /** Undefined where the literal is not of the type: a file may have another type than the dataset. */
  find(literal: Literal, type: DataType, path: string): Scalar | undefined {
    const scalar = this.#convert(literal, type, path);
    return scalar instanceof PitotError ? undefined : scalar;
  }

  #convert(literal: Literal, type: DataType, path: string): Scalar | PitotError {
    let scalar = this.#known.get(type);
    if (scalar === undefined) {
      try {
        scalar = scalarOf(literal, type, path);
      } catch (error) {
        if (!(error instanceof PitotError)) throw error;
        scalar = error;
      }
      // Each file has type objects of its own; a scan of many must not keep them all.
      if (this.#known.size >= 64) this.#known.clear();
      this.#known.set(type, scalar);
    }
    return scalar;
  }
}

/** The type of a column that must be there. */
export function requireType(typeOf: (leafPath: string) => DataType | undefined, path: string): DataType {
  const type = typeOf(path);
  if (type === undefined)
    throw new PitotError("INVALID_ARGUMENT", "The dataset has no column of the predicate", {
      value: path,
      remedy: "Name a column of the dataset's schema; a nested one by its path, such as 'a.b'",
    });
  return type;
}

/** Refuses what is no literal, null above all. */
export function requireLiteral(literal: unknown, path: string): asserts literal is Literal {
  const fine =
    ["boolean", "number", "bigint", "string"].includes(typeof literal) ||
    literal instanceof Date ||
    literal instanceof Uint8Array;
  if (!fine)
    throw new PitotError("INVALID_ARGUMENT", `Column ${path} cannot be compared with`, {
      value: literal,
      remedy: "Give a boolean, number, bigint, text, Date or bytes; ask for nulls with isNull()",
    });
}

/** Order of a row's value to a literal, both as JavaScript has them. */
export function compareValue(value: unknown, literal: Literal, path: string): number {
  const left = value instanceof Date ? value.getTime() : value;
  const right =
    literal instanceof Date
      ? literal.getTime()
      : value instanceof Date && typeof literal === "string"
        ? Date.parse(literal)
        : literal;
  requireLiteral(left, path);
  return compareScalars(left as Scalar, right);
}

function holds(truth: Truth, order: number): boolean {
  return order < 0 ? truth.less : order > 0 ? truth.greater : order === 0 ? truth.equal : truth.unordered;
}
