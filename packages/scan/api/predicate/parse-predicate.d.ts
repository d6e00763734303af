import type { Predicate } from "./predicate.ts";
/**
 * A predicate from SQL's words: `year = 2024 and origin in ('SEA', 'PDX')`.
 *
 * Comparisons `= == != <> < <= > >=`, `[not] in (…)`, `[not] between … and …`, `is [not] null`, `is [not] nan`, `and`, `or`, `not`, parentheses.
 * Texts stand in single quotes, doubled inside; names with other signs than letters, digits, `_` and `.` in double quotes.
 * Dates and timestamps are texts, with or without the words `date` and `timestamp` before them.
 * @throws PitotError INVALID_ARGUMENT naming the place where the text makes no sense
 */
export declare function parsePredicate(text: string): Predicate;
