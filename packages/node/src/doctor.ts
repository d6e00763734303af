// What `pitot doctor` asks.
import { INSTRUMENTED_MODULES } from "./instrumented-modules.ts";

export { optionsFromEnvironment, settingsTable } from "./configuration.ts";
export { SETTINGS } from "./settings.ts";
export type { Setting } from "./settings.ts";
export type { HookedModule, RegisterReport } from "./hook-report.ts";
export { probeOtlp } from "./probe-otlp.ts";
export type { OtlpProbe } from "./probe-otlp.ts";

/** Packages that `register` watches for. */
export const INSTRUMENTED_PACKAGES: readonly string[] = INSTRUMENTED_MODULES.map(({ name }) => name);
