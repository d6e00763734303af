/**
 * JSON as a table log has it: two things that `JSON.parse` lets pass would give wrong rows. Of duplicate keys it keeps the last,
 * and numbers beyond 2^53, or decimals of many digits, it rounds.
 *
 * Nearly all texts have neither, so a scan of the characters decides whether `JSON.parse` is exact; only the others are parsed here.
 */
/** A number with more digits than a double keeps: its text. */
export declare class ExactDecimal {
    readonly text: string;
    constructor(text: string);
}
/** What exact JSON holds: numbers are `bigint` where they are integers beyond 2^53, {@link ExactDecimal} where a double would round. */
export type ExactValue = null | boolean | number | bigint | string | ExactDecimal | readonly ExactValue[] | ExactObject;
/** An object of exact JSON. */
export interface ExactObject {
    readonly [key: string]: ExactValue | undefined;
}
/**
 * Parses JSON without loss.
 * @throws SyntaxError where the text is not JSON, a key is there twice, or the nesting is deeper than 200
 */
export declare function parseExactJson(text: string): ExactValue;
