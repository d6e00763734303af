import { reportHook } from "./hook-report.ts";
import { isEnabled } from "./instrumented-modules.ts";
import { observeFs } from "./instrumentations/observe-fs.ts";
import { observeStreams } from "./instrumentations/observe-streams.ts";

/** Instruments what Node has itself. ES modules see it through `syncBuiltinESMExports`; no loader hook is needed. */
export function patchBuiltins(): void {
  if (isEnabled("fs")) {
    observeFs();
    reportHook({ name: "fs", from: "node:fs", outcome: "hooked" });
  }
  if (isEnabled("stream")) {
    observeStreams();
    reportHook({ name: "stream", from: "node:stream", outcome: "hooked" });
  }
}
