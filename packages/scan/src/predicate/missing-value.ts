import { PitotError } from "@pitot/core";
import { typeString } from "@pitot/tables";
import { DataType } from "apache-arrow";
import { canBeNaN, canBeNull, hasValues } from "./bounds-facts.ts";
import { nanMask, nullMask } from "./column-mask.ts";
import { requireType } from "./comparison.ts";
import { Expression } from "./expression.ts";
import { ANY_OUTCOME, type Outcomes } from "./outcomes.ts";
import type { BoundsOf, ColumnOf, RowMask } from "./predicate.ts";

/** Whether the column is null; never null itself. */
export class IsNull extends Expression {
  readonly columns: readonly string[];
  readonly #path: string;

  constructor(path: string) {
    super();
    this.#path = path;
    this.columns = [path];
  }

  check(typeOf: (leafPath: string) => DataType | undefined): void {
    requireType(typeOf, this.#path);
  }

  outcomes(boundsOf: BoundsOf): Outcomes {
    const known = boundsOf(this.#path);
    if (known === undefined) return { ...ANY_OUTCOME, canBeNull: false };
    return { canBeTrue: canBeNull(known.bounds), canBeFalse: hasValues(known.bounds), canBeNull: false };
  }

  evaluate(row: (leafPath: string) => unknown): boolean {
    const value = row(this.#path);
    return value === null || value === undefined;
  }

  mask(columns: ColumnOf): RowMask {
    return nullMask(columns(this.#path));
  }

  toString(): string {
    return `is_null(${this.#path}, {nan_is_null=false})`;
  }
}

/** Whether the column is NaN; null where the column is. */
export class IsNaN extends Expression {
  readonly columns: readonly string[];
  readonly #path: string;

  constructor(path: string) {
    super();
    this.#path = path;
    this.columns = [path];
  }

  check(typeOf: (leafPath: string) => DataType | undefined): void {
    const type = requireType(typeOf, this.#path);
    if (!DataType.isFloat(type))
      throw new PitotError("INVALID_ARGUMENT", `Column ${this.#path} cannot be NaN; its type is`, {
        value: typeString(type),
        remedy: "Ask isNaN() of columns of floating-point numbers",
      });
  }

  outcomes(boundsOf: BoundsOf): Outcomes {
    const known = boundsOf(this.#path);
    if (known === undefined) return ANY_OUTCOME;
    const { bounds, type } = known;
    const values = hasValues(bounds);
    const others = bounds.nanCount === undefined || bounds.nanCount + (bounds.nullCount ?? 0) < bounds.rows;
    return { canBeTrue: canBeNaN(bounds, type), canBeFalse: values && others, canBeNull: canBeNull(bounds) };
  }

  evaluate(row: (leafPath: string) => unknown): boolean | null {
    const value = row(this.#path);
    return value === null || value === undefined ? null : Number.isNaN(value);
  }

  mask(columns: ColumnOf): RowMask {
    return nanMask(columns(this.#path));
  }

  toString(): string {
    return `is_nan(${this.#path})`;
  }
}
