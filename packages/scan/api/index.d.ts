export type { RangeSource } from "./io/range-source.ts";
export type { ColumnBounds, Scalar } from "./parquet/column-bounds.ts";
export type { DeletedRows, Fragment, FragmentPlan, FragmentSource, SkippedFile, SkipReason, } from "./dataset/fragment-source.ts";
export type { BoundsOf, Predicate } from "./predicate/predicate.ts";
export type { Outcomes } from "./predicate/outcomes.ts";
