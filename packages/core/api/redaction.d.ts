/** What happens to a value that a rule finds. `hash` is HMAC-SHA256, so that equal values stay equal. */
export type RedactionAction = "drop" | "mask" | "hash";
/** One redaction rule. The first rule that matches wins; yours come before the defaults. */
export interface RedactionRule {
    /** Exact attribute path (`user.email`), glob (`*` spans dots: `*.email`) or regular expression. */
    readonly path: string | RegExp;
    readonly action: RedactionAction;
    /** Only for quality rows of this source table (exact or glob). */
    readonly dataset?: string;
}
/** What redaction puts in place of a masked value. */
export declare const MASK = "[redacted]";
/**
 * The compiled rule list. Applied once, when a record is made, so that OTLP, snapshot and viewer see
 * the same. Always masks keys that end in authorization, cookie, password, secret, token or api_key
 * (in any case style), credentials in URLs, and `process.command_args`.
 */
export declare class Redactor {
    #private;
    /**
     * @param key the HMAC key for `hash` rules, usually from `PITOT_REDACTION_KEY`
     * @throws PitotError INVALID_CONFIGURATION where a `hash` rule has no key, or a rule is malformed
     */
    constructor(rules?: readonly RedactionRule[], key?: string);
    /** The action for the value at `path`, whose last segment is `key`; undefined leaves it. */
    rule(path: string, key: string): RedactionAction | undefined;
    /** The action for ids of quality rows from `sourceTable`; the path is `pitot.quality.entity_id`. */
    qualityRule(path: string, sourceTable: string): RedactionAction | undefined;
    /** What stands in place of `value`; undefined drops it. */
    replace(action: RedactionAction, value: unknown): string | undefined;
    /** Text with the credentials of URLs in it masked. */
    text(value: string): string;
}
