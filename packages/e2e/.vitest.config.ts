import { defineConfig, mergeConfig } from "vitest/config";
import base from "../../.vitest.config.ts";

const config = mergeConfig(
  base,
  // An outage outlasts a process's end as it does for users: by default.
  defineConfig({ test: { fileParallelism: false, env: { PITOT_SHUTDOWN_MS: "" } } }),
);
// Merging would add to the lists of the unit tests, which leave these out.
config.test!.include = ["packages/e2e/test/**/*.test.ts"];
config.test!.exclude = ["**/node_modules/**"];
export default config;
