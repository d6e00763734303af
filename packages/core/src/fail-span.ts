import { SpanStatusCode, type Span } from "@opentelemetry/api";
import { ATTR_ERROR_TYPE } from "@pitot/semconv";
import { recording } from "./recording-options.ts";

/** The class of an error: its `code` where it has one, else its name; never its message, which is not low-cardinality. */
function errorType(error: unknown): string {
  if (typeof error !== "object" || error === null) return typeof error;
  try {
    const { code, name } = error as { code?: unknown; name?: unknown };
    if (typeof code === "string" && code !== "") return code;
    return typeof name === "string" && name !== "" ? name : "Error";
  } catch {
    return "Error";
  }
}

/** The message of anything thrown, redacted. */
export function errorMessage(error: unknown): string {
  try {
    const text = error instanceof Error ? error.message : String(error);
    return recording().redactor.text(text.slice(0, 4096));
  } catch {
    return "[unreadable]";
  }
}

/** Marks a span as failed: status, `error.type`, one exception event. Returns the error type. */
export function failSpan(span: Span, error: unknown): string {
  const type = errorType(error);
  const message = errorMessage(error);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
  span.setAttribute(ATTR_ERROR_TYPE, type);
  // An SDK that keeps no events counts this one as lost; status and type tell of it all the same.
  if (recording().limits.spanEvents > 0)
    span.recordException({
      name: type,
      message,
      ...(error instanceof Error && error.stack ? { stack: error.stack } : {}),
    });
  return type;
}
