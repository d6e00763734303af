/** What a caller may branch on. Codes are stable across minor versions. */
export type PitotErrorCode = "INVALID_ARGUMENT" | "INVALID_CONFIGURATION" | "INVALID_DATA" | "UNSUPPORTED" | "QUALITY_THRESHOLD" | "IO";
/** What {@link PitotError} is made of. */
export interface PitotErrorDetails {
    /** The offending value, as it was given. */
    readonly value?: unknown;
    /** What to do about it, an imperative sentence. */
    readonly remedy: string;
    readonly cause?: unknown;
}
/**
 * The one error class of Pitot. Set-up and parsing throw it; recording never throws.
 *
 * The message reads "what is wrong: value. Remedy."
 */
export declare class PitotError extends Error {
    readonly name: string;
    readonly code: PitotErrorCode;
    readonly value: unknown;
    readonly remedy: string;
    constructor(code: PitotErrorCode, problem: string, details: PitotErrorDetails);
}
