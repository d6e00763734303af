import { ChildProcess } from "node:child_process";
import { context } from "@opentelemetry/api";
import { traceparentOf } from "./process-run.ts";

const VARIABLE = "TRACEPARENT";

/**
 * Gives child processes the active span as `TRACEPARENT`, unless they were given one: OpenTelemetry's way of passing context in the
 * environment. A child under `register` then continues the trace. (`spawnSync` and its kin start a trace of their own.)
 */
export function traceChildProcesses(): void {
  const prototype = ChildProcess.prototype as unknown as {
    spawn?: (options: { envPairs?: unknown }) => unknown;
  };
  const original = prototype.spawn;
  if (typeof original !== "function") return;
  prototype.spawn = function pitotSpawn(options: { envPairs?: unknown }): unknown {
    const pairs = options?.envPairs;
    if (Array.isArray(pairs) && !pairs.some((pair) => String(pair).startsWith(`${VARIABLE}=`))) {
      const traceparent = traceparentOf(context.active());
      if (traceparent !== undefined) pairs.push(`${VARIABLE}=${traceparent}`);
    }
    return original.call(this, options);
  };
}
