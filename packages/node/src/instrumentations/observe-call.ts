import { context, trace, type Attributes, type Span, type Tracer } from "@opentelemetry/api";
import { failSpan } from "@pitot/core";

/**
 * Calls `body` in a span. Its result, its promise's outcome and its errors are what they are without us; `attributes` is asked for
 * what the result tells, and a fault in it costs the attributes only.
 */
export function observeCall<T>(
  tracer: Tracer,
  name: string,
  given: Attributes,
  body: (span: Span) => T,
  attributes: (result: Awaited<T>) => Attributes,
): T {
  const span = tracer.startSpan(name, { attributes: given });
  const end = (result: Awaited<T>): void => {
    try {
      span.setAttributes(attributes(result));
    } finally {
      span.end();
    }
  };
  const fail = (error: unknown): void => {
    failSpan(span, error);
    span.end();
  };
  let result: T;
  try {
    result = context.with(trace.setSpan(context.active(), span), () => body(span));
  } catch (error) {
    fail(error);
    throw error;
  }
  if (!(result instanceof Promise)) {
    quietly(() => end(result as Awaited<T>));
    return result;
  }
  return result.then(
    (value: Awaited<T>) => {
      quietly(() => end(value));
      return value;
    },
    (error: unknown) => {
      quietly(() => fail(error));
      throw error;
    },
  ) as T;
}

function quietly(body: () => void): void {
  try {
    body();
  } catch {
    // What describes the call must not become a fault of the call.
  }
}
