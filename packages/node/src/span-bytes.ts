import type { ReadableSpan } from "@opentelemetry/sdk-trace";

/** About how many bytes a span takes in OTLP; an upper estimate for text in Latin script. */
export function spanBytes(span: ReadableSpan): number {
  let bytes = 160 + span.name.length + attributeBytes(span.attributes);
  for (const event of span.events) bytes += 32 + event.name.length + attributeBytes(event.attributes);
  for (const link of span.links) bytes += 64 + attributeBytes(link.attributes);
  return bytes;
}

/** About how many bytes attributes take in OTLP; what is nested counts little. */
export function attributeBytes(attributes: Readonly<Record<string, unknown>> | undefined): number {
  let bytes = 0;
  for (const key in attributes) {
    const value = attributes[key];
    bytes += 16 + key.length;
    if (typeof value === "string") bytes += value.length;
    else if (Array.isArray(value))
      for (const item of value) bytes += 8 + (typeof item === "string" ? item.length : 8);
    else bytes += 9;
  }
  return bytes;
}
