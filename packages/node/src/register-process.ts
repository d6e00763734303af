import { existsSync } from "node:fs";
import { getEnvironmentData, isMainThread, setEnvironmentData } from "node:worker_threads";
import { diag, trace, type ContextManager, type TracerProvider } from "@opentelemetry/api";
import { PitotError, startedRuns } from "@pitot/core";
import { registerAutoInstrumentations } from "./auto-instrumentations.ts";
import { patchBuiltins } from "./builtins.ts";
import { traceChildProcesses } from "./child-processes.ts";
import { reportHooks, reportHook } from "./hook-report.ts";
import { INSTRUMENTATION_NAMES, isEnabled } from "./instrumented-modules.ts";
import { addSpanProcessor, adoptContextManager, makeRoom } from "./make-room.ts";
import { installModuleHooks } from "./module-hooks.ts";
import { ProcessContextManager } from "./process-context.ts";
import { processLabel, ProcessRun, traceparentOf } from "./process-run.ts";
import { startFor } from "./start-pitot.ts";
import { hasProvider } from "./start-sdk.ts";

const TRACEPARENT = "pitot.traceparent";

/** Sets up Pitot for this process or thread, and hooks what it loads. @throws PitotError INVALID_CONFIGURATION */
export async function register(): Promise<void> {
  const file = process.env["OTEL_CONFIG_FILE"];
  const configured = file && !hasProvider() ? await startAsConfigured(file) : undefined;
  const { label, packageName } = processLabel(process.argv[1]);
  const inherited = isMainThread ? process.env["TRACEPARENT"] : getEnvironmentData(TRACEPARENT);
  const processRun = new ProcessRun({
    label: process.env["PITOT_LABEL"] || (isMainThread ? label : `${label} (worker)`),
    traceparent: typeof inherited === "string" && inherited !== "" ? inherited : undefined,
    // Worker threads inherit this, where the environment stays what the application makes of it.
    onStart: (at) => setEnvironmentData(TRACEPARENT, traceparentOf(at)),
  });
  const serviceName = serviceFromEnvironment() ?? packageName;
  const named = serviceName === undefined ? {} : { serviceName };
  const pitot = await startFor(named, {
    context: () => processRun.context(),
    ensure: () => processRun.ensure(),
    closeProviders: async () => await configured?.shutdown(),
  });
  const keep = (provider: TracerProvider): TracerProvider => {
    if (!addSpanProcessor(provider, pitot.snapshotProcessor))
      diag.info("pitot: spans of this tracer provider cannot be kept in snapshots");
    return provider;
  };
  const around = (manager: ContextManager): ContextManager =>
    new ProcessContextManager(manager, () => processRun.context());
  if (pitot.mode === "attached") {
    keep(trace.getTracerProvider());
    adoptContextManager(around);
  }
  makeRoom((signal, successor) => pitot.yield(signal, successor), {
    tracerProvider: keep,
    contextManager: around,
  });
  watchEnd(processRun);
  reportHooks(() => ({
    mode: pitot.mode,
    exporting: pitot.exporting,
    snapshot: pitot.snapshotDirectory,
    runs: startedRuns(),
  }));
  for (const name of INSTRUMENTATION_NAMES)
    if (!isEnabled(name)) reportHook({ name, from: "", outcome: "disabled", why: "by the environment" });
  patchBuiltins();
  traceChildProcesses();
  registerAutoInstrumentations(process.argv[1]);
  installModuleHooks();
}

/** Sets up what a declarative configuration says; Pitot attaches to it. What is wrong inside the file, the SDK tells. */
async function startAsConfigured(file: string): Promise<{ shutdown(): Promise<void> }> {
  if (!existsSync(file))
    throw new PitotError("INVALID_CONFIGURATION", "OTEL_CONFIG_FILE names a file that is not there", {
      value: file,
      remedy: "Correct the path, or unset it.",
    });
  const { startNodeSDK } = await import("@opentelemetry/sdk-node");
  return startNodeSDK();
}

/** Ends the process's run before `watchProcessEnd`, which would call it aborted. Never changes how the process ends. */
function watchEnd(processRun: ProcessRun): void {
  let uncaught: { readonly thrown: unknown } | undefined;
  process.on("uncaughtExceptionMonitor", (thrown) => {
    uncaught = { thrown };
  });
  const code = (given?: number): number => given ?? Number(process.exitCode ?? 0);
  process.prependListener("beforeExit", (given) => {
    processRun.finish({ exitCode: code(given) });
  });
  process.prependListener("exit", (given) => processRun.finish({ exitCode: code(given), error: uncaught }));
}

/** The service that the environment names, also among the attributes of the resource, as OpenTelemetry has it. */
function serviceFromEnvironment(): string | undefined {
  const pairs = (process.env["OTEL_RESOURCE_ATTRIBUTES"] ?? "").split(",");
  const named = pairs.map((pair) => /^\s*service\.name\s*=\s*(.*?)\s*$/.exec(pair)?.[1]).find(Boolean);
  try {
    return (
      process.env["OTEL_SERVICE_NAME"]?.trim() ||
      (named === undefined ? undefined : decodeURIComponent(named))
    );
  } catch {
    return named;
  }
}
