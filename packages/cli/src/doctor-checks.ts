import { accessSync, constants, existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { PitotError } from "@pitot/core";
import {
  INSTRUMENTED_PACKAGES,
  optionsFromEnvironment,
  probeOtlp,
  type RegisterReport,
} from "@pitot/node/doctor";

/** One thing that was looked at. */
export interface Finding {
  readonly check: string;
  readonly outcome: "ok" | "warning" | "problem";
  readonly message: string;
  readonly remedy?: string;
}

/** Node's version, and how modules are hooked in it. */
export function checkNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const fits = major > 20 || (major === 20 && minor >= 19);
  return fits
    ? { check: "node", outcome: "ok", message: `${process.version} on ${process.platform} ${process.arch}` }
    : {
        check: "node",
        outcome: "problem",
        message: `${process.version} is too old`,
        remedy: "Use Node 20.19 or later.",
      };
}

/** Whether the variables have values that they can have. */
export function checkConfiguration(): Finding {
  try {
    optionsFromEnvironment();
  } catch (error) {
    if (error instanceof PitotError)
      return { check: "configuration", outcome: "problem", message: error.message, remedy: error.remedy };
    throw error;
  }
  if (process.env["OTEL_SDK_DISABLED"]?.trim().toLowerCase() === "true")
    return {
      check: "configuration",
      outcome: "warning",
      message: "OTEL_SDK_DISABLED=true: nothing is traced",
      remedy: "Unset it.",
    };
  const set = Object.keys(process.env).filter((name) => /^(OTEL|PITOT)_/.test(name));
  return {
    check: "configuration",
    outcome: "ok",
    message: set.length === 0 ? "defaults" : set.sort().join(", "),
  };
}

/** Whether snapshots can be written. */
export function checkFolder(directory: string): Finding {
  const folder = resolve(directory);
  let existing = folder;
  while (!existsSync(existing)) existing = dirname(existing);
  try {
    accessSync(existing, constants.W_OK | constants.X_OK);
    return { check: "snapshot folder", outcome: "ok", message: folder };
  } catch {
    return {
      check: "snapshot folder",
      outcome: "problem",
      message: `${existing} cannot be written to; runs are not kept`,
      remedy: "Set PITOT_DIR to a folder of yours, or PITOT_DIR=false to keep none.",
    };
  }
}

/** Copies of OpenTelemetry's API below the working directory: two that do not know each other lose telemetry silently. */
export function checkApiCopies(from: string = process.cwd()): Finding {
  const versions = new Map<string, string[]>();
  for (const path of copies(from, "@opentelemetry/api")) {
    const { version } = JSON.parse(readFileSync(join(path, "package.json"), "utf8")) as { version: string };
    versions.set(version, [...(versions.get(version) ?? []), path]);
  }
  const all = [...versions.keys()];
  if (all.length <= 1)
    return { check: "@opentelemetry/api", outcome: "ok", message: all[0] ?? "not installed here" };
  return {
    check: "@opentelemetry/api",
    outcome: "warning",
    message: `${all.length} versions: ${all.join(", ")}; what a later one registers, an earlier one cannot use`,
    remedy: `Let one win, by \`overrides\` in package.json or npm dedupe: ${[...versions.values()].flat().join(", ")}.`,
  };
}

function copies(from: string, name: string): string[] {
  const found: string[] = [];
  const visit = (folder: string, depth: number): void => {
    const modules = join(folder, "node_modules");
    if (depth > 6 || !existsSync(modules)) return;
    if (existsSync(join(modules, name, "package.json"))) found.push(join(modules, name));
    for (const entry of readdirSync(modules)) {
      if (entry.startsWith(".")) continue;
      const inner = entry.startsWith("@")
        ? readdirSync(join(modules, entry)).map((scoped) => join(modules, entry, scoped))
        : [join(modules, entry)];
      for (const path of inner) if (existsSync(join(path, "node_modules"))) visit(path, depth + 1);
    }
  };
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    visit(folder, 0);
    if (found.length > 0 || dirname(folder) === folder) return found;
  }
}

/** Whether telemetry arrives where it would go. */
export async function checkDelivery(): Promise<Finding> {
  const named = Boolean(
    process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] || process.env["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"],
  );
  const { endpoint, protocol, delivered, error, code, traceId } = await probeOtlp();
  if (delivered)
    return {
      check: "delivery",
      outcome: "ok",
      message: `${endpoint} took a span over ${protocol} (trace ${traceId})`,
    };
  if (!named && code === "ECONNREFUSED")
    return {
      check: "delivery",
      outcome: "warning",
      message: `nothing listens at ${endpoint}; telemetry stays in the snapshot folder`,
      remedy: "Start a Collector (npm run backends, docker compose up), or set OTEL_EXPORTER_OTLP_ENDPOINT.",
    };
  return {
    check: "delivery",
    outcome: "problem",
    message: `${endpoint} did not take a span over ${protocol}: ${error ?? ""}`,
    remedy: deliveryRemedy(code),
  };
}

function deliveryRemedy(code: string | undefined): string {
  switch (code) {
    case "401":
    case "403":
      return "Give its credentials by OTEL_EXPORTER_OTLP_HEADERS.";
    case "404":
    case "405":
      return "OTEL_EXPORTER_OTLP_ENDPOINT is the address without v1/traces; OTEL_EXPORTER_OTLP_TRACES_ENDPOINT the whole one.";
    case "415":
      return "Try OTEL_EXPORTER_OTLP_PROTOCOL=http/json, or http/protobuf.";
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "ERR_INVALID_URL":
      return "Correct the host in OTEL_EXPORTER_OTLP_ENDPOINT.";
    case "EPROTO":
      return "It does not speak TLS: write http:// in OTEL_EXPORTER_OTLP_ENDPOINT.";
    default:
      if (code?.startsWith("HPE_") || code === "ECONNRESET")
        return "It does not speak HTTP as OTLP does. Port 4317 is gRPC's, which Pitot has not; OTLP over HTTP is on 4318.";
      if (/CERT|SELF_SIGNED|UNABLE_TO/.test(code ?? ""))
        return "Give its certificate authority by OTEL_EXPORTER_OTLP_CERTIFICATE.";
      return "Start the Collector, or correct OTEL_EXPORTER_OTLP_ENDPOINT and _PROTOCOL. HTTP_PROXY is not used.";
  }
}

/** What an application that ran under register had hooked, what not, and why. */
export function checkHooks(reports: readonly RegisterReport[], folder: string): Finding[] {
  if (reports.length === 0)
    return [
      {
        check: "register",
        outcome: "problem",
        message: "the application did not load pitot/register",
        remedy: "It must be a Node process that ends by itself: pitot doctor -- node app.js.",
      },
    ];
  const findings: Finding[] = reports.map(({ node, mode, runs }) => ({
    check: "register",
    outcome: "ok",
    message: `${mode === "started" ? "set up" : mode} in Node ${node}; ${runs} run${runs === 1 ? "" : "s"}`,
  }));
  const hooks = reports.flatMap((report) => report.hooks);
  const require = createRequire(join(resolve(folder), "_.cjs"));
  for (const name of [...INSTRUMENTED_PACKAGES, "stream", "fs"]) {
    const of = hooks.filter((hook) => hook.name === name);
    const failed = of.find(({ outcome }) => outcome === "failed");
    if (failed !== undefined)
      findings.push({
        check: name,
        outcome: "problem",
        message: `could not be hooked: ${failed.why ?? ""}`,
        remedy: "Its version may be one that Pitot does not know.",
      });
    else if (of.some(({ outcome }) => outcome === "hooked"))
      findings.push({
        check: name,
        outcome: "ok",
        message: `hooked (${[...new Set(of.map(({ from }) => from))].join("; ")})`,
      });
    else if (of.length > 0)
      findings.push({ check: name, outcome: "warning", message: `left out: ${of[0]!.why ?? ""}` });
    else
      findings.push({
        check: name,
        outcome: "ok",
        message: isInstalled(require, name)
          ? "installed, and not imported by its name: not used, bundled, or a deep import, which is not seen"
          : "not installed",
      });
  }
  return findings;
}

function isInstalled(require: NodeJS.Require, name: string): boolean {
  return (require.resolve.paths(name) ?? []).some((path) => existsSync(join(path, name, "package.json")));
}
