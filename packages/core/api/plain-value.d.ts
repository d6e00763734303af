import type { Redactor } from "./redaction.ts";
/** JSON-safe data: what every payload becomes before anything stores or sends it. */
export type PlainValue = string | number | boolean | null | PlainValue[] | {
    [key: string]: PlainValue;
};
/** An object of {@link PlainValue}s. */
export type PlainObject = {
    [key: string]: PlainValue;
};
/** The outcome of {@link toPlain}. */
export interface PlainResult {
    readonly value: PlainValue;
    /** Values masked, hashed or dropped by redaction rules. */
    readonly redacted: number;
    /** True where depth or size bounds cut something. */
    readonly cut: boolean;
}
/**
 * Copies any value into JSON-safe data, applying redaction on the way. Never throws: getters that
 * throw, cycles and foreign objects become a bracketed note. `bigint` becomes a number where exact
 * and else text; NaN and infinities become text; `Date` ISO text; `Map` an object; `Set` and typed
 * arrays arrays; bytes hex. Cut at 64 levels and 200,000 values, and says so in `cut`.
 */
export declare function toPlain(input: unknown, redactor: Redactor): PlainResult;
/** Plain data as an object: what is none becomes `{ value }`. */
export declare function asObject(value: PlainValue): PlainObject;
