// Makes src/generated/*.ts and the tables of README.md from registry/*.yaml.
// `node generate.js` writes; the drift test calls `generate()` and compares.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { parse } from "yaml";

const here = new URL("./", import.meta.url);

/** Upper bounds in seconds, 5 ms to 6 h, for every duration histogram. */
const DURATIONS = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600,
];

/** @returns {any[]} all groups of the registry, in file order */
export function readRegistry() {
  return readdirSync(new URL("registry/", here))
    .filter((name) => name.endsWith(".yaml"))
    .sort()
    .flatMap((name) => parse(readFileSync(new URL(`registry/${name}`, here), "utf8")).groups);
}

/** @returns {Record<string, string>} generated files by their path within the package */
export function generate() {
  const groups = readRegistry();
  const attributes = groups.filter((g) => g.type === "attribute_group").flatMap((g) => g.attributes);
  const events = groups.filter((g) => g.type === "event");
  const spans = groups.filter((g) => g.type === "span");
  const metrics = groups.filter((g) => g.type === "metric");
  const head = "// Made from registry/*.yaml by generate.js. Change the registry, then run it again.\n";
  const line = (/** @type {string} */ name, /** @type {string} */ value, /** @type {string} */ brief) =>
    `\n/** ${brief} */\nexport const ${name} = ${JSON.stringify(value)} as const;\n`;
  /** @type {Record<string, string>} */
  const files = {
    "src/generated/attributes.ts":
      head + attributes.map((a) => line(constant("ATTR", a.id), a.id, a.brief)).join(""),
    "src/generated/events.ts":
      head + events.map((e) => line(constant("EVENT", e.name), e.name, e.brief)).join(""),
    "src/generated/spans.ts":
      head +
      spans
        .map((s) => line(constant("SPAN", s.id.slice(11)), spanPrefix(s), `${s.brief} ${s.note}.`))
        .join(""),
    "src/generated/metrics.ts":
      head +
      'import type { MetricDefinition } from "../metric-definition.ts";\n' +
      metrics
        .map((m) => line(constant("METRIC", m.metric_name), m.metric_name, `${m.brief} Unit ${m.unit}.`))
        .join("") +
      `\n/** Upper bounds in seconds of every duration histogram. */\nexport const DURATION_BOUNDARIES_S: readonly number[] = ${JSON.stringify(DURATIONS)};\n` +
      `\n/** Every instrument of Pitot. */\nexport const METRICS: readonly MetricDefinition[] = [\n${metrics.map(definition).join("")}];\n`,
  };
  files["src/index.ts"] =
    head +
    'export type { MetricDefinition } from "./metric-definition.ts";\n' +
    ["attributes", "events", "spans", "metrics"]
      .map((name) => {
        const names = [...(files[`src/generated/${name}.ts`] ?? "").matchAll(/export const (\w+)/g)].map(
          (m) => `  ${m[1]},\n`,
        );
        return `export {\n${names.join("")}} from "./generated/${name}.ts";\n`;
      })
      .join("");
  files["README.md"] = readme(attributes, events, spans, metrics);
  return files;
}

function constant(/** @type {string} */ prefix, /** @type {string} */ name) {
  return `${prefix}_${name
    .replace(/^pitot\./, "")
    .replace(/[.-]/g, "_")
    .toUpperCase()}`;
}

function spanPrefix(/** @type {any} */ span) {
  return span.note.replace("Span name: ", "").replace(/ \{.*$/, "");
}

function definition(/** @type {any} */ m) {
  // A metric that OpenTelemetry defines keeps the boundaries that it is defined with.
  const bounds = m.annotations?.buckets ? JSON.stringify(m.annotations.buckets) : "DURATION_BOUNDARIES_S";
  const buckets = m.instrument === "histogram" ? `, buckets: ${bounds}` : "";
  const attributes = JSON.stringify(m.attributes.map((/** @type {any} */ a) => a.ref));
  return `  { name: ${JSON.stringify(m.metric_name)}, instrument: "${m.instrument}", unit: "${m.unit}", brief: ${JSON.stringify(m.brief)}, attributes: ${attributes}${buckets} },\n`;
}

function readme(
  /** @type {any[]} */ attributes,
  /** @type {any[]} */ events,
  /** @type {any[]} */ spans,
  /** @type {any[]} */ metrics,
) {
  const text = readFileSync(new URL("README.md", here), "utf8");
  const marker = "<!-- tables: made from registry/ -->\n";
  const refs = (/** @type {any} */ g) =>
    g.attributes.map((/** @type {any} */ a) => `\`${a.ref}\``).join(", ");
  return (
    text.slice(0, text.indexOf(marker) + marker.length) +
    `\n## Spans\n\n| span | when | attributes |\n|---|---|---|\n${spans.map((s) => `| \`${s.note.replace("Span name: ", "")}\` | ${s.brief} | ${refs(s)} |\n`).join("")}` +
    `\n## Events\n\n| event | when | attributes |\n|---|---|---|\n${events.map((e) => `| \`${e.name}\` | ${e.brief} | ${refs(e)} |\n`).join("")}` +
    `\n## Metrics\n\n| metric | instrument | unit | meaning | attributes |\n|---|---|---|---|---|\n${metrics.map((m) => `| \`${m.metric_name}\` | ${m.instrument} | ${m.unit} | ${m.brief} | ${refs(m)} |\n`).join("")}` +
    `\n## Attributes\n\n| attribute | type | meaning |\n|---|---|---|\n${attributes.map((a) => `| \`${a.id}\` | ${a.type} | ${a.brief} |\n`).join("")}`
  );
}

if (process.argv[1] === new URL(import.meta.url).pathname)
  for (const [path, text] of Object.entries(generate())) writeFileSync(new URL(path, here), text);
