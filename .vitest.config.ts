import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const packages = fileURLToPath(new URL("packages/", import.meta.url));

// Tests import sources, never `dist`: one copy of each module per test process, whatever was built last.
// Child-process fixtures are what runs the built packages.
export default defineConfig({
  resolve: {
    alias: [
      { find: /^@pitot\/snapshot\/store$/, replacement: `${packages}snapshot/src/snapshot-store.ts` },
      {
        find: /^@pitot\/snapshot\/(private-file|folder-claim|ordinal-ranges)$/,
        replacement: `${packages}snapshot/src/$1.ts`,
      },
      { find: /^@pitot\/(\w+)$/, replacement: `${packages}$1/src/index.ts` },
      { find: /^pitot$/, replacement: `${packages}cli/src/index.ts` },
    ],
  },
  test: {
    include: ["packages/*/test/**/*.test.ts", "examples/*/test/**/*.test.ts"],
    exclude: ["packages/e2e/**", "**/node_modules/**", "**/dist/**"],
    // Whatever a busy machine needs: these end what hangs, and measure nothing.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 30_000 } },
    env: { PITOT_SHUTDOWN_MS: "60000" },
  },
});
