import { SpanStatusCode } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";

/**
 * Spans as an indented tree, the same for every run of the same code: ids are numbered in order of appearance, times, paths and
 * digests are replaced. Made for golden files.
 */
export function printTrace(spans: readonly ReadableSpan[]): string {
  const redact = redactor();
  const lines: string[] = [];
  const ids = new Set(spans.map((span) => span.spanContext().spanId));
  const visit = (parent: string | undefined, depth: number): void => {
    const children = spans.filter(({ parentSpanContext }) => {
      const id =
        parentSpanContext !== undefined && ids.has(parentSpanContext.spanId)
          ? parentSpanContext.spanId
          : undefined;
      return id === parent;
    });
    for (const span of children.sort((a, b) => Number(nanos(a) - nanos(b)))) {
      const indent = "  ".repeat(depth);
      lines.push(`${indent}${span.name}${span.status.code === SpanStatusCode.ERROR ? " ERROR" : ""}`);
      for (const [key, value] of sorted(span.attributes))
        lines.push(`${indent}  ${key} = ${redact(key, value)}`);
      for (const event of span.events) {
        lines.push(`${indent}  * ${event.name}`);
        for (const [key, value] of sorted(event.attributes ?? {}))
          lines.push(`${indent}      ${key} = ${redact(key, value)}`);
      }
      for (const link of span.links) lines.push(`${indent}  -> ${redact("link", link.context.spanId)}`);
      visit(span.spanContext().spanId, depth + 1);
    }
  };
  visit(undefined, 0);
  return `${lines.join("\n")}\n`;
}

function nanos(span: ReadableSpan): bigint {
  return BigInt(span.startTime[0]) * 1_000_000_000n + BigInt(span.startTime[1]);
}

function sorted(attributes: object): [string, unknown][] {
  return Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
}

function redactor(): (key: string, value: unknown) => string {
  const ids = new Map<string, string>();
  const numbered = (id: string): string => {
    if (!ids.has(id)) ids.set(id, `<id-${ids.size + 1}>`);
    return ids.get(id)!;
  };
  return (key, value) =>
    /time|duration/.test(key) && typeof value === "number"
      ? "<time>"
      : key === "exception.stacktrace"
        ? "<stack>"
        : (JSON.stringify(value) ?? "undefined")
            .replace(/[0-9a-f]{64}/g, "<sha256>")
            .replace(
              /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{16}\b/g,
              numbered,
            )
            .replace(/file:\/\/[^"]*/g, "<path>");
}
