import type { DataType } from "apache-arrow";
import {
  knownColumn,
  outcomeBits,
  outcomesOfBits,
  type ManyBounds,
  type OutcomeMask,
} from "./bounds-columns.ts";
import { bothOutcomes, eitherOutcomes, oppositeOutcomes, type Outcomes } from "./outcomes.ts";
import type { BoundsOf, ColumnOf, Predicate, RowMask } from "./predicate.ts";

/** What all predicates share: that they combine. */
export abstract class Expression implements Predicate {
  abstract readonly columns: readonly string[];
  abstract check(typeOf: (leafPath: string) => DataType | undefined): void;
  abstract outcomes(bounds: BoundsOf): Outcomes;

  /** Of a predicate of one column: one by one, each of few different containers once. */
  outcomesOfMany(bounds: ManyBounds): OutcomeMask {
    const out = new Uint8Array(bounds.length);
    const column = bounds.column(this.columns[0]!);
    if (column === undefined) return out.fill(outcomeBits(this.outcomes(() => undefined)));
    if (column.kind === "codes") {
      const bits = Uint8Array.from(column.known, (known) => outcomeBits(this.outcomes(() => known)));
      for (let i = 0; i < out.length; i++) out[i] = bits[column.codes[i]!]!;
    } else
      for (let i = 0; i < out.length; i++) out[i] = outcomeBits(this.outcomes(() => knownColumn(column, i)));
    return out;
  }

  abstract evaluate(row: (leafPath: string) => unknown): boolean | null;
  abstract mask(columns: ColumnOf, rows: number): RowMask;
  abstract toString(): string;

  and(other: Predicate): Predicate {
    return new Both(this, other);
  }

  or(other: Predicate): Predicate {
    return new Either(this, other);
  }

  not(): Predicate {
    return new Opposite(this);
  }
}

abstract class Pair extends Expression {
  readonly columns: readonly string[];
  protected readonly left: Predicate;
  protected readonly right: Predicate;

  constructor(left: Predicate, right: Predicate) {
    super();
    this.left = left;
    this.right = right;
    this.columns = [...new Set([...left.columns, ...right.columns])];
  }

  check(typeOf: (leafPath: string) => DataType | undefined): void {
    this.left.check(typeOf);
    this.right.check(typeOf);
  }
}

// Kleene's tables over the codes 0 false, 1 true, 2 null; row is the left side.
const AND = Uint8Array.of(0, 0, 0, 0, 1, 2, 0, 2, 2);
const OR = Uint8Array.of(0, 1, 2, 1, 1, 1, 2, 1, 2);

// Sets of outcomes as bits; row is the left side's.
const SETS = Array.from({ length: 8 }, (_, bits) => outcomesOfBits(bits));
const BOTH = Uint8Array.from(SETS.flatMap((a) => SETS.map((b) => outcomeBits(bothOutcomes(a, b)))));
const EITHER = Uint8Array.from(SETS.flatMap((a) => SETS.map((b) => outcomeBits(eitherOutcomes(a, b)))));
const OPPOSITE = Uint8Array.from(SETS, (a) => outcomeBits(oppositeOutcomes(a)));

function combineOutcomes(table: Uint8Array, left: OutcomeMask, right: OutcomeMask): OutcomeMask {
  for (let i = 0; i < left.length; i++) left[i] = table[left[i]! * 8 + right[i]!]!;
  return left;
}

class Both extends Pair {
  outcomes(bounds: BoundsOf): Outcomes {
    return bothOutcomes(this.left.outcomes(bounds), this.right.outcomes(bounds));
  }

  override outcomesOfMany(bounds: ManyBounds): OutcomeMask {
    return combineOutcomes(BOTH, this.left.outcomesOfMany(bounds), this.right.outcomesOfMany(bounds));
  }

  evaluate(row: (leafPath: string) => unknown): boolean | null {
    const left = this.left.evaluate(row);
    if (left === false) return false;
    const right = this.right.evaluate(row);
    return right === false ? false : left === null || right === null ? null : true;
  }

  mask(columns: ColumnOf, rows: number): RowMask {
    return combine(AND, this.left.mask(columns, rows), this.right.mask(columns, rows));
  }

  toString(): string {
    return `(${this.left.toString()} and ${this.right.toString()})`;
  }
}

class Either extends Pair {
  outcomes(bounds: BoundsOf): Outcomes {
    return eitherOutcomes(this.left.outcomes(bounds), this.right.outcomes(bounds));
  }

  override outcomesOfMany(bounds: ManyBounds): OutcomeMask {
    return combineOutcomes(EITHER, this.left.outcomesOfMany(bounds), this.right.outcomesOfMany(bounds));
  }

  evaluate(row: (leafPath: string) => unknown): boolean | null {
    const left = this.left.evaluate(row);
    if (left === true) return true;
    const right = this.right.evaluate(row);
    return right === true ? true : left === null || right === null ? null : false;
  }

  mask(columns: ColumnOf, rows: number): RowMask {
    return combine(OR, this.left.mask(columns, rows), this.right.mask(columns, rows));
  }

  toString(): string {
    return `(${this.left.toString()} or ${this.right.toString()})`;
  }
}

class Opposite extends Expression {
  readonly columns: readonly string[];
  readonly #inner: Predicate;

  constructor(inner: Predicate) {
    super();
    this.#inner = inner;
    this.columns = inner.columns;
  }

  check(typeOf: (leafPath: string) => DataType | undefined): void {
    this.#inner.check(typeOf);
  }

  outcomes(bounds: BoundsOf): Outcomes {
    return oppositeOutcomes(this.#inner.outcomes(bounds));
  }

  override outcomesOfMany(bounds: ManyBounds): OutcomeMask {
    const out = this.#inner.outcomesOfMany(bounds);
    for (let i = 0; i < out.length; i++) out[i] = OPPOSITE[out[i]!]!;
    return out;
  }

  evaluate(row: (leafPath: string) => unknown): boolean | null {
    const value = this.#inner.evaluate(row);
    return value === null ? null : !value;
  }

  mask(columns: ColumnOf, rows: number): RowMask {
    const mask = this.#inner.mask(columns, rows);
    for (let i = 0; i < mask.length; i++) if (mask[i] !== 2) mask[i] = 1 - mask[i]!;
    return mask;
  }

  override not(): Predicate {
    return this.#inner;
  }

  toString(): string {
    return `invert(${this.#inner.toString()})`;
  }
}

function combine(table: Uint8Array, left: RowMask, right: RowMask): RowMask {
  for (let i = 0; i < left.length; i++) left[i] = table[left[i]! * 3 + right[i]!]!;
  return left;
}
