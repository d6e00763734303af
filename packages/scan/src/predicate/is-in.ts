import { PitotError } from "@pitot/core";
import type { DataType } from "apache-arrow";
import { onlyValue, canBeNaN, canBeNull, hasValues, usableBounds } from "./bounds-facts.ts";
import { memberMask } from "./column-mask.ts";
import { compareScalars } from "./compare-scalars.ts";
import { compareValue, requireLiteral, requireType, ScalarByType } from "./comparison.ts";
import { Expression } from "./expression.ts";
import { literalText, type Literal } from "./literal.ts";
import { ANY_OUTCOME, type Outcomes } from "./outcomes.ts";
import type { BoundsOf, ColumnOf, RowMask } from "./predicate.ts";

/** Whether the column has one of some values; null where the column is. NaN is in no set. */
export class IsIn extends Expression {
  readonly columns: readonly string[];
  readonly #path: string;
  readonly #literals: readonly Literal[];
  readonly #scalars: readonly ScalarByType[];

  constructor(path: string, literals: readonly Literal[]) {
    super();
    for (const literal of literals) requireLiteral(literal, path);
    this.#path = path;
    this.#literals = literals;
    this.#scalars = literals.map(() => new ScalarByType());
    this.columns = [path];
  }

  check(typeOf: (leafPath: string) => DataType | undefined): void {
    const type = requireType(typeOf, this.#path);
    this.#literals.forEach((literal, i) => this.#scalars[i]!.of(literal, type, this.#path));
  }

  outcomes(boundsOf: BoundsOf): Outcomes {
    const known = boundsOf(this.#path);
    if (known === undefined) return ANY_OUTCOME;
    const { bounds, type, mightContain } = known;
    const nulls = canBeNull(bounds);
    if (!hasValues(bounds)) return { canBeTrue: false, canBeFalse: false, canBeNull: nulls };
    const scalars = this.#literals.map((literal, i) => this.#scalars[i]!.find(literal, type, this.#path));
    const { min, max } = usableBounds(bounds);
    const only = onlyValue(bounds);
    return {
      canBeTrue: scalars.some(
        (scalar) =>
          scalar === undefined ||
          (scalar === scalar &&
            !(min !== undefined && compareScalars(scalar, min) < 0) &&
            !(max !== undefined && compareScalars(scalar, max) > 0) &&
            mightContain?.(scalar) !== false),
      ),
      canBeFalse:
        only === undefined ||
        canBeNaN(bounds, type) ||
        !scalars.some((scalar) => scalar !== undefined && compareScalars(scalar, only) === 0),
      canBeNull: nulls,
    };
  }

  evaluate(row: (leafPath: string) => unknown): boolean | null {
    const value = row(this.#path);
    if (value === null || value === undefined) return null;
    return this.#literals.some((literal) => compareValue(value, literal, this.#path) === 0);
  }

  mask(columns: ColumnOf): RowMask {
    const data = columns(this.#path);
    return memberMask(
      data,
      this.#literals.map((literal, i) => this.#scalars[i]!.of(literal, data.type, this.#path)),
    );
  }

  toString(): string {
    const values = this.#literals.map(literalText).join(", ");
    return `is_in(${this.#path}, {value_set=[${values}], null_matching_behavior=MATCH})`;
  }
}

/** Refuses what is no list of values. */
export function requireList(values: unknown, path: string): asserts values is readonly Literal[] {
  if (!Array.isArray(values))
    throw new PitotError("INVALID_ARGUMENT", `Column ${path} cannot be looked up in`, {
      value: values,
      remedy: "Give an array of values",
    });
}
