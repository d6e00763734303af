import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PitotError } from "@pitot/core";
import { describe, expect, it } from "vitest";
import { optionsFromEnvironment, sentSignals, settingsTable, withSignals } from "../src/configuration.ts";
import { SETTINGS } from "../src/settings.ts";
import { INSTRUMENTATION_NAMES, isEnabled } from "../src/instrumented-modules.ts";

describe("settings", () => {
  it("are what the manual's table says (npm run settings)", () => {
    const readme = readFileSync(fileURLToPath(new URL("../../../README.md", import.meta.url)), "utf8");
    expect(readme).toContain(`<!-- settings -->\n\n${settingsTable()}\n\n<!-- /settings -->`);
  });

  it("name every variable that the sources read", () => {
    const packages = fileURLToPath(new URL("../../", import.meta.url));
    const sources = readdirSync(packages)
      .filter((name) => !["bench", "e2e"].includes(name))
      .flatMap((name) =>
        readdirSync(join(packages, name, "src"), { recursive: true, encoding: "utf8" })
          .filter((file) => file.endsWith(".ts"))
          .map((file) => readFileSync(join(packages, name, "src", file), "utf8")),
      );
    const read = new Set(sources.flatMap((text) => text.match(/(?<=")(?:OTEL|PITOT)_[A-Z_]+(?=")/g) ?? []));
    const table = SETTINGS.flatMap(withSignals).flatMap(({ variable, meaning }) => [
      ...(variable === undefined ? [] : [variable]),
      ...(meaning.match(/(?:OTEL|PITOT)_[A-Z_]+/g) ?? []),
    ]);
    expect([...read].filter((name) => !table.includes(name))).toEqual([]);
  });

  it("become options", () => {
    expect(
      optionsFromEnvironment({
        PITOT_EXPORT_ROWS: "all",
        PITOT_DIR: "false",
        PITOT_FLUSH: "every",
        PITOT_OTLP: "true",
        PITOT_PAYLOAD_BYTES: " 10 ",
        PITOT_RECORDS: "",
        OTEL_SERVICE_NAME: "s",
      }),
    ).toEqual({
      exportRows: "all",
      snapshot: false,
      flush: "every",
      otlp: true,
      payloadBytes: 10,
      serviceName: "s",
    });
  });

  it.each([
    ["PITOT_EXPORT_ROWS", "-1"],
    ["PITOT_CARDINALITY_LIMIT", "1.5"],
    ["PITOT_SHUTDOWN_MS", "soon"],
    ["PITOT_OTLP", "yes"],
    ["PITOT_FLUSH", "never"],
    ["OTEL_TRACES_SAMPLER_ARG", "2"],
    ["OTEL_PROPAGATORS", "pigeon"],
    ["OTEL_SDK_DISABLED", "1"],
    ["OTEL_METRIC_EXPORT_INTERVAL", "0"],
    ["OTEL_TRACES_EXPORTER", "console"],
    ["OTEL_METRICS_EXPORTER", "prometheus"],
    ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "grpc"],
    ["OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4318"],
    ["OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "nowhere"],
    ["OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "soon"],
    ["OTEL_EXPORTER_OTLP_COMPRESSION", "zip"],
    ["OTEL_EXPORTER_OTLP_CERTIFICATE", "/no/such.pem"],
    ["OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "0"],
  ])("refuse %s=%s by name and value", (variable, value) => {
    const refused = (): unknown => optionsFromEnvironment({ [variable]: value });
    expect(refused).toThrow(PitotError);
    expect(refused).toThrow(new RegExp(`${variable}.*"${value}"`));
  });
});

it("signals are sent unless the environment says none", () => {
  expect([...sentSignals({})]).toEqual(["traces", "metrics", "logs"]);
  expect([...sentSignals({ OTEL_METRICS_EXPORTER: "none", OTEL_TRACES_EXPORTER: "otlp" })]).toEqual([
    "traces",
    "logs",
  ]);
});

describe("instrumentations", () => {
  it("are all on, and can be named", () => {
    expect(INSTRUMENTATION_NAMES.filter((name) => isEnabled(name, {}))).toEqual(INSTRUMENTATION_NAMES);
    expect(isEnabled("fs", { OTEL_NODE_ENABLED_INSTRUMENTATIONS: "hyparquet, duckdb" })).toBe(false);
    expect(isEnabled("duckdb", { OTEL_NODE_ENABLED_INSTRUMENTATIONS: "hyparquet, duckdb" })).toBe(true);
    expect(isEnabled("duckdb", { OTEL_NODE_DISABLED_INSTRUMENTATIONS: "duckdb" })).toBe(false);
    expect(isEnabled("duckdb", { OTEL_NODE_ENABLED_INSTRUMENTATIONS: "none" })).toBe(false);
  });

  it("of others do not turn ours off", () => {
    expect(isEnabled("fs", { OTEL_NODE_ENABLED_INSTRUMENTATIONS: "http,express" })).toBe(true);
  });
});
