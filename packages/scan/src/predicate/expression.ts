import { PitotError } from "@pitot/core";
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

// Levels of and, or and not in each other; a chain of one of them is one level, however long. More would exhaust the stack.
const MOST_LEVELS = 1000;

/** What all predicates share: that they combine. */
export abstract class Expression implements Predicate {
  /** Of and, or and not in each other. */
  readonly levels: number;
  abstract readonly columns: readonly string[];

  constructor(levels = 1) {
    this.levels = levels;
    if (levels > MOST_LEVELS)
      throw new PitotError("INVALID_ARGUMENT", "A predicate has too many levels of and, or and not", {
        value: levels,
        remedy: `Use isIn for many values, or combine at most ${MOST_LEVELS} levels`,
      });
  }

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

/** A chain of one connective. It is walked without recursion: `or` of 100,000 comparisons is as deep as it is long. */
abstract class Chain extends Expression {
  readonly columns: readonly string[];
  readonly left: Predicate;
  readonly right: Predicate;
  readonly #connective: "and" | "or";
  #operands: readonly Predicate[] | undefined;

  constructor(connective: "and" | "or", left: Predicate, right: Predicate) {
    if (typeof (right as Partial<Predicate> | undefined)?.outcomes !== "function")
      throw new PitotError("INVALID_ARGUMENT", `A predicate cannot be joined by ${connective} with`, {
        value: right,
        remedy: "Give a predicate, of col() or parsePredicate()",
      });
    const levels = (side: Predicate): number =>
      side instanceof Chain && side.#connective === connective ? side.levels : levelsOf(side) + 1;
    super(Math.max(levels(left), levels(right)));
    this.#connective = connective;
    this.left = left;
    this.right = right;
    this.columns = right.columns.every((column) => left.columns.includes(column))
      ? left.columns
      : [...new Set([...left.columns, ...right.columns])];
  }

  /** What the connective joins, from the left. */
  protected get operands(): readonly Predicate[] {
    return (this.#operands ??= this.#flatten());
  }

  #flatten(): Predicate[] {
    const operands: Predicate[] = [];
    const waiting: Predicate[] = [this];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
      if (next instanceof Chain && next.#connective === this.#connective) waiting.push(next.right, next.left);
      else operands.push(next);
    return operands;
  }

  check(typeOf: (leafPath: string) => DataType | undefined): void {
    for (const operand of this.operands) operand.check(typeOf);
  }

  toString(): string {
    let text = "";
    const waiting: (Predicate | string)[] = [this];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
      if (next instanceof Chain && next.#connective === this.#connective)
        waiting.push(")", next.right, ` ${this.#connective} `, next.left, "(");
      else text += next.toString();
    return text;
  }
}

function levelsOf(predicate: Predicate): number {
  return predicate instanceof Expression ? predicate.levels : 1;
}

// Kleene's tables over the codes 0 false, 1 true, 2 null; row is the left side.
const AND = Uint8Array.of(0, 0, 0, 0, 1, 2, 0, 2, 2);
const OR = Uint8Array.of(0, 1, 2, 1, 1, 1, 2, 1, 2);

// Sets of outcomes as bits; row is the left side's.
const SETS = Array.from({ length: 8 }, (_, bits) => outcomesOfBits(bits));
const BOTH = Uint8Array.from(SETS.flatMap((a) => SETS.map((b) => outcomeBits(bothOutcomes(a, b)))));
const EITHER = Uint8Array.from(SETS.flatMap((a) => SETS.map((b) => outcomeBits(eitherOutcomes(a, b)))));
const OPPOSITE = Uint8Array.from(SETS, (a) => outcomeBits(oppositeOutcomes(a)));

function foldOutcomes(
  table: Uint8Array,
  [first, ...others]: readonly Predicate[],
  bounds: ManyBounds,
): OutcomeMask {
  const left = first!.outcomesOfMany(bounds);
  for (const other of others) {
    const right = other.outcomesOfMany(bounds);
    for (let i = 0; i < left.length; i++) left[i] = table[left[i]! * 8 + right[i]!]!;
  }
  return left;
}

function foldMasks(
  table: Uint8Array,
  [first, ...others]: readonly Predicate[],
  columns: ColumnOf,
  rows: number,
): RowMask {
  const left = first!.mask(columns, rows);
  for (const other of others) {
    const right = other.mask(columns, rows);
    for (let i = 0; i < left.length; i++) left[i] = table[left[i]! * 3 + right[i]!]!;
  }
  return left;
}

class Both extends Chain {
  constructor(left: Predicate, right: Predicate) {
    super("and", left, right);
  }

  outcomes(bounds: BoundsOf): Outcomes {
    return this.operands.map((operand) => operand.outcomes(bounds)).reduce(bothOutcomes);
  }

  override outcomesOfMany(bounds: ManyBounds): OutcomeMask {
    return foldOutcomes(BOTH, this.operands, bounds);
  }

  evaluate(row: (leafPath: string) => unknown): boolean | null {
    let value: boolean | null = true;
    for (const operand of this.operands) {
      const next = operand.evaluate(row);
      if (next === false) return false;
      value = next === null ? null : value;
    }
    return value;
  }

  mask(columns: ColumnOf, rows: number): RowMask {
    return foldMasks(AND, this.operands, columns, rows);
  }
}

class Either extends Chain {
  constructor(left: Predicate, right: Predicate) {
    super("or", left, right);
  }

  outcomes(bounds: BoundsOf): Outcomes {
    return this.operands.map((operand) => operand.outcomes(bounds)).reduce(eitherOutcomes);
  }

  override outcomesOfMany(bounds: ManyBounds): OutcomeMask {
    return foldOutcomes(EITHER, this.operands, bounds);
  }

  evaluate(row: (leafPath: string) => unknown): boolean | null {
    let value: boolean | null = false;
    for (const operand of this.operands) {
      const next = operand.evaluate(row);
      if (next === true) return true;
      value = next === null ? null : value;
    }
    return value;
  }

  mask(columns: ColumnOf, rows: number): RowMask {
    return foldMasks(OR, this.operands, columns, rows);
  }
}

class Opposite extends Expression {
  readonly columns: readonly string[];
  readonly #inner: Predicate;

  constructor(inner: Predicate) {
    super(levelsOf(inner) + 1);
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
