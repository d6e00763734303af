/** Attributes as JSON text. */
export function attributesText(attributes: Readonly<Record<string, unknown>> = {}): string {
  for (const key in attributes) {
    const value = attributes[key];
    // JSON has no word for what is not finite; null would be a lie.
    if ((typeof value === "number" && !Number.isFinite(value)) || typeof value === "object")
      return jsonText(attributes);
  }
  return JSON.stringify(attributes);
}

/** Any value that OpenTelemetry takes as JSON text: numbers that are not finite as their names, bytes as base64, as OTLP/JSON has them. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === "number" && !Number.isFinite(part)) return String(part);
    if (typeof part === "bigint") return String(part);
    if (part instanceof Uint8Array) return Buffer.from(part).toString("base64");
    return part;
  });
}
