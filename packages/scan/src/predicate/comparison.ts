import { PitotError } from "@pitot/core";
import type { DataType } from "apache-arrow";
import type { ColumnBounds, Scalar } from "../parquet/column-bounds.ts";
import { compareMask } from "./column-mask.ts";
import { compareScalars } from "./compare-scalars.ts";
import { Expression } from "./expression.ts";
import { literalText, scalarOf, type Literal } from "./literal.ts";
import { ANY_OUTCOME, type Outcomes } from "./outcomes.ts";
import type { BoundsOf, ColumnOf, RowMask } from "./predicate.ts";
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
    return scalar === undefined
      ? ANY_OUTCOME
      : comparisonOutcomes(TRUTH[this.#operator], scalar, known.bounds, known.type);
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
function comparisonOutcomes(truth: Truth, literal: Scalar, bounds: ColumnBounds, type: DataType): Outcomes {
  const nulls = canBeNull(bounds);
  if (!hasValues(bounds)) return { canBeTrue: false, canBeFalse: false, canBeNull: nulls };
  const { min, max } = usableBounds(bounds);
  const low = min === undefined ? Number.NaN : compareScalars(min, literal);
  const high = max === undefined ? Number.NaN : compareScalars(max, literal);
  // Which sides of the literal may hold a value. A bound without order to the literal says nothing.
  // An inexact bound skips what lies beyond it, but proves no equality.
  const less = !(low > 0 || (low === 0 && bounds.minExact));
  const greater = !(high < 0 || (high === 0 && bounds.maxExact));
  const equal = !(low > 0) && !(high < 0);
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
