import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { PitotError } from "@pitot/core";
import { describe, expect, it } from "vitest";
import { optionsFromEnvironment, SETTINGS, settingsTable } from "../src/configuration.ts";
import { INSTRUMENTATION_NAMES, isEnabled } from "../src/instrumented-modules.ts";

describe("settings", () => {
  it("are what the manual's table says (npm run settings)", () => {
    const readme = readFileSync(fileURLToPath(new URL("../../../README.md", import.meta.url)), "utf8");
    expect(readme).toContain(`<!-- settings -->\n\n${settingsTable()}\n\n<!-- /settings -->`);
  });

  it("name every variable of Pitot's that the sources read", () => {
    const known = new Set(SETTINGS.map(({ variable }) => variable));
    for (const name of ["PITOT_DIR", "PITOT_FLUSH", "PITOT_LABEL", "PITOT_RECORDS", "PITOT_REDACTION_KEY"])
      expect(known).toContain(name);
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
  ])("refuse %s=%s by name and value", (variable, value) => {
    const refused = (): unknown => optionsFromEnvironment({ [variable]: value });
    expect(refused).toThrow(PitotError);
    expect(refused).toThrow(new RegExp(`${variable}.*"${value}"`));
  });
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
