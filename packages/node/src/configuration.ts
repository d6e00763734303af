import { PitotError } from "@pitot/core";
import type { OtlpSignal } from "./otlp-exporters.ts";
import type { PitotOptions } from "./pitot-options.ts";
import { SETTINGS, type Setting } from "./settings.ts";

/**
 * The options that the environment gives. A variable that is empty counts as unset, as OpenTelemetry has it.
 * @throws PitotError INVALID_CONFIGURATION, naming variable and value
 */
export function optionsFromEnvironment(env: NodeJS.ProcessEnv = process.env): PitotOptions {
  const options: Record<string, unknown> = {};
  for (const { variable, option, parse } of SETTINGS.flatMap(withSignals)) {
    const text = variable === undefined ? undefined : env[variable]?.trim();
    if (variable === undefined || parse === undefined || text === undefined || text === "") continue;
    let value: unknown;
    try {
      value = parse(text);
    } catch (error) {
      if (error instanceof PitotError) throw error;
      throw new PitotError("INVALID_CONFIGURATION", `${variable} has a value that it cannot have`, {
        value: text,
        remedy: (error as Error).message,
      });
    }
    if (option !== undefined) options[option] = value;
  }
  return options;
}

/** The signals that the environment has sent over OTLP. */
export function sentSignals(env: NodeJS.ProcessEnv = process.env): ReadonlySet<OtlpSignal> {
  return new Set(SIGNALS.filter((signal) => env[`OTEL_${signal.toUpperCase()}_EXPORTER`]?.trim() !== "none"));
}

const SIGNALS: readonly OtlpSignal[] = ["traces", "metrics", "logs"];

/** A setting, and its forms for one signal. */
export function withSignals(setting: Setting): readonly Setting[] {
  const { variable, perSignal } = setting;
  if (variable === undefined || perSignal === undefined) return [setting];
  const ofOne = SIGNALS.map((signal) => variable.replace("OTLP_", `OTLP_${signal.toUpperCase()}_`));
  return [setting, ...ofOne.map((name) => ({ ...setting, variable: name }))];
}

/** The table of {@link SETTINGS} as Markdown. */
export function settingsTable(): string {
  const code = (text: string | undefined): string => (text === undefined ? "" : `\`${text}\``);
  return [
    "| variable | option | default | meaning |",
    "|---|---|---|---|",
    ...SETTINGS.map(
      (setting) =>
        `| ${code(setting.variable)}${setting.perSignal ? " ¹" : ""} | ${code(setting.option)} | ${setting.default} | ${setting.meaning} |`,
    ),
    "",
    "¹ Also for one signal: `OTEL_EXPORTER_OTLP_TRACES_…`, `_METRICS_…`, `_LOGS_…`, which come first.",
  ].join("\n");
}
