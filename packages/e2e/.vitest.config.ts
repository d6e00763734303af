import { defineConfig, mergeConfig } from "vitest/config";
import base from "../../.vitest.config.ts";

const config = mergeConfig(
  base,
  defineConfig({ test: { testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false } }),
);
// Merging would add to the lists of the unit tests, which leave these out.
config.test!.include = ["packages/e2e/test/**/*.test.ts"];
config.test!.exclude = ["**/node_modules/**"];
export default config;
