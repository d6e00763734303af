import { type Span } from "@opentelemetry/api";
/** The message of anything thrown, redacted. */
export declare function errorMessage(error: unknown): string;
/** Marks a span as failed: status, `error.type`, one exception event. Returns the error type. */
export declare function failSpan(span: Span, error: unknown): string;
