/** What a caller may branch on. Codes are stable across minor versions. */
export type PitotErrorCode =
  | "INVALID_ARGUMENT"
  | "INVALID_CONFIGURATION"
  | "INVALID_DATA"
  | "UNSUPPORTED"
  | "QUALITY_THRESHOLD"
  | "IO";

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
export class PitotError extends Error {
  override readonly name: string = "PitotError";
  readonly code: PitotErrorCode;
  readonly value: unknown;
  readonly remedy: string;

  constructor(code: PitotErrorCode, problem: string, details: PitotErrorDetails) {
    const shown = "value" in details ? `: ${show(details.value)}` : "";
    super(
      `${problem}${shown}. ${details.remedy}`,
      details.cause === undefined ? undefined : { cause: details.cause },
    );
    this.code = code;
    this.value = details.value;
    this.remedy = details.remedy;
  }
}

/** Of a list its beginning, plain objects as JSON; what cannot be made text (a symbol in a list, an object without a prototype) by its kind. */
function plain(value: unknown): string {
  try {
    const bounded: unknown = Array.isArray(value) ? value.slice(0, 100) : value;
    const text = String(bounded);
    return text.includes("[object Object]") ? JSON.stringify(bounded) : text;
  } catch {
    return Object.prototype.toString.call(value);
  }
}

function show(value: unknown): string {
  const text = typeof value === "string" ? JSON.stringify(value) : plain(value);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}
