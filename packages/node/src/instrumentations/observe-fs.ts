import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { recordDatasetAccess } from "../record-dataset-access.ts";
import { datasetName } from "./dataset-name.ts";

const FORMATS: Readonly<Record<string, string>> = {
  parquet: "parquet",
  arrow: "arrow",
  arrows: "arrow",
  feather: "arrow",
};

type AnyFunction = (...args: unknown[]) => unknown;
type Patchable = Record<string, AnyFunction | undefined>;

/** Functions whose first argument is the file. */
const READS = ["readFile", "readFileSync", "createReadStream", "openAsBlob"] as const;
const WRITES = ["writeFile", "writeFileSync", "createWriteStream"] as const;

const originals = new Map<Patchable, Map<string, AnyFunction>>();

/** Begins to note Parquet and Arrow files that `node:fs` reads and writes as inputs and outputs of the active run. Idempotent. */
export function observeFs(): void {
  if (originals.size > 0) return;
  for (const target of [fs, fs.promises] as unknown as Patchable[]) {
    const kept = new Map<string, AnyFunction>();
    originals.set(target, kept);
    for (const [names, direction] of [
      [READS, "input"],
      [WRITES, "output"],
    ] as const)
      for (const name of names) {
        const original = target[name];
        if (typeof original !== "function") continue;
        kept.set(name, original);
        target[name] = noting(original, direction);
      }
  }
  // ES modules that have imported `node:fs` by name see the change too.
  syncBuiltinESMExports();
}

/** Ends what {@link observeFs} began. */
export function leaveFs(): void {
  for (const [target, kept] of originals) for (const [name, original] of kept) target[name] = original;
  originals.clear();
  syncBuiltinESMExports();
}

function noting(original: AnyFunction, direction: "input" | "output"): AnyFunction {
  const noted = function (this: unknown, ...args: unknown[]): unknown {
    const result = original.apply(this, args);
    const path = args[0];
    if (typeof path === "string" || path instanceof URL)
      try {
        note(
          typeof path === "string" ? path : fileURLToPath(path),
          direction,
          direction === "output" ? args[1] : undefined,
        );
      } catch {
        // The file is the application's affair; what we note about it is not.
      }
    return result;
  };
  // `fs.readFile` and others carry util.promisify's own properties.
  return Object.defineProperties(noted, Object.getOwnPropertyDescriptors(original)) as AnyFunction;
}

function note(path: string, direction: "input" | "output", data: unknown): void {
  const dot = path.lastIndexOf(".");
  const format = dot < 0 ? undefined : FORMATS[path.slice(dot + 1).toLowerCase()];
  if (format === undefined) return;
  const whole = resolve(path);
  // A snapshot's own tables are no dataset of the pipeline.
  if (/[/\\](runs|session)[/\\][^/\\]+[/\\][a-z_]+\.arrows?$/.test(whole) && isSnapshot(whole)) return;
  const bytes =
    direction === "input"
      ? fs.statSync(whole, { throwIfNoEntry: false })?.size
      : (data as { byteLength?: number } | undefined)?.byteLength;
  recordDatasetAccess(direction, {
    dataset: datasetName(whole),
    path: whole,
    format,
    ...(typeof bytes === "number" ? { bytes } : {}),
  });
}

function isSnapshot(path: string): boolean {
  return fs.existsSync(`${path.slice(0, path.lastIndexOf(sep))}${sep}run.json`);
}
