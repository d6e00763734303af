import { accessSync, constants, existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { PitotError } from "@pitot/core";
import { optionsFromEnvironment } from "@pitot/node/doctor";
import type { Finding } from "./finding.ts";

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
