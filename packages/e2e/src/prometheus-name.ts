/** UCUM units that Prometheus' naming spells out. */
const UNITS: Readonly<Record<string, string>> = {
  s: "seconds",
  ms: "milliseconds",
  By: "bytes",
  "%": "percent",
};

/**
 * The name under which an OpenTelemetry instrument arrives in Prometheus through the Collector's exporter: dots become underscores, the
 * unit is spelt out behind the name (annotations such as `{row}` are not), and a counter ends in `_total`.
 */
export function prometheusName(name: string, unit: string, kind: string): string {
  const base = name.replace(/[^a-zA-Z0-9_:]+/g, "_");
  const suffix = UNITS[unit] ?? (unit === "1" && kind === "gauge" ? "ratio" : "");
  const named = suffix === "" || base.endsWith(`_${suffix}`) ? base : `${base}_${suffix}`;
  return kind === "counter" && !named.endsWith("_total") ? `${named}_total` : named;
}

/** An attribute's name as a label. */
export function prometheusLabel(attribute: string): string {
  return attribute.replace(/[^a-zA-Z0-9_]/g, "_");
}
