import type { Attributes } from "@opentelemetry/api";

/** What the registered SDK keeps; it cuts the rest without a word. */
export interface SdkLimits {
  /** Events per span. */
  readonly spanEvents: number;
  /** Attributes per event, or per log record. */
  readonly eventAttributes: number;
  /** Attributes per span. */
  readonly spanAttributes: number;
  /** Characters of a text in an attribute. */
  readonly valueLength: number;
}

/** An SDK's own default. */
const COUNT = 128;

/** The limits as the SDK takes them from the environment: its own names, and the specification's. */
export function sdkLimits(env: Readonly<Record<string, string | undefined>>): SdkLimits {
  const first = (...variables: readonly string[]): number | undefined =>
    variables.map((variable) => number(env[variable])).find((value) => value !== undefined);
  const general = first("OTEL_ATTRIBUTE_COUNT_LIMIT");
  return {
    spanEvents: first("OTEL_SPAN_EVENT_COUNT_LIMIT") ?? COUNT,
    eventAttributes: Math.min(
      first("OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT") ?? COUNT,
      first("OTEL_SPAN_ATTRIBUTE_PER_EVENT_COUNT_LIMIT") ?? COUNT,
      first("OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT") ?? COUNT,
      general ?? COUNT,
    ),
    spanAttributes: first("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT") ?? general ?? COUNT,
    valueLength:
      // 0 is no limit to the SDK, which warns of it.
      first("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT") || Infinity,
  };
}

/** True where attributes do not get through the SDK as they are: too many, or too long a text among them. */
export function cutBySdk(attributes: Attributes, count: number, valueLength: number): boolean {
  let used = 0;
  for (const key in attributes) {
    if (++used > count) return true;
    if (valueLength === Infinity) continue;
    const value = attributes[key];
    if (typeof value === "string" ? value.length > valueLength : isCutList(value, valueLength)) return true;
  }
  return false;
}

function isCutList(value: unknown, valueLength: number): boolean {
  return Array.isArray(value) && value.some((item) => typeof item === "string" && item.length > valueLength);
}

/** Undefined where the variable is unset or no whole number, as the SDK takes it. */
function number(text: string | undefined): number | undefined {
  const value = text === undefined || text.trim() === "" ? Number.NaN : Number(text);
  return Number.isInteger(value) && value >= 0 ? value : undefined;
}
