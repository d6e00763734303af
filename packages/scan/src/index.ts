// Predicates
export { col } from "./predicate/column.ts";
export type { Column } from "./predicate/column.ts";
export type { Literal } from "./predicate/literal.ts";
export { parsePredicate } from "./predicate/parse-predicate.ts";
export type { BoundsOf, ColumnOf, Predicate, RowMask } from "./predicate/predicate.ts";
export type { Outcomes } from "./predicate/outcomes.ts";

// Bytes and bounds
export type { RangeSource } from "./io/range-source.ts";
export type { ColumnBounds, Scalar } from "./parquet/column-bounds.ts";

// Fragments
export type {
  DeletedRows,
  Fragment,
  FragmentPlan,
  FragmentSource,
  SkippedFile,
  SkipReason,
} from "./dataset/fragment-source.ts";
