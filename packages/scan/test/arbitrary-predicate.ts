import * as fc from "fast-check";
import { col, type Literal, type Predicate } from "../src/index.ts";

/** Any comparison of a column with a value of its own, and questions for null; `f` is asked for NaN too. */
export function arbitraryComparison(
  values: fc.Arbitrary<[name: string, value: Literal]>,
): fc.Arbitrary<Predicate> {
  return values.chain(([name, value]) =>
    fc.constantFrom(
      col(name).eq(value),
      col(name).ne(value),
      col(name).lt(value),
      col(name).le(value),
      col(name).gt(value),
      col(name).ge(value),
      col(name).isIn([value]),
      col(name).isNull(),
      col("f").isNaN(),
    ),
  );
}

/** Comparisons joined by `and`, `or` and `not`, to a small depth. */
export function arbitraryPredicate(comparison: fc.Arbitrary<Predicate>): fc.Arbitrary<Predicate> {
  return fc.letrec<{ predicate: Predicate }>((tie) => ({
    predicate: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      comparison,
      fc.tuple(tie("predicate"), tie("predicate")).map(([a, b]) => a.and(b)),
      fc.tuple(tie("predicate"), tie("predicate")).map(([a, b]) => a.or(b)),
      tie("predicate").map((inner) => inner.not()),
    ),
  })).predicate;
}
