import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { recordDatasetAccess } from "../record-dataset-access.ts";
import { datasetName } from "./dataset-name.ts";

/** Endings of the files that are noted. */
const DATASET = /\.(?:(parquet)|arrows?|feather)$/i;

type AnyFunction = (...args: unknown[]) => unknown;
type Patchable = Record<string, AnyFunction | undefined>;

/** Functions whose first argument is the file. */
const READS = ["readFile", "readFileSync", "createReadStream", "openAsBlob"] as const;
const WRITES = ["writeFile", "writeFileSync", "createWriteStream"] as const;

/** What was replaced, and by what. */
type Replaced = Map<string, { readonly original: AnyFunction; readonly ours: AnyFunction }>;

const replaced = new Map<Patchable, Replaced>();

/** Begins to note Parquet and Arrow files that `node:fs` reads and writes as inputs and outputs of the active run. Idempotent. */
export function observeFs(): void {
  if (replaced.size > 0) return;
  for (const target of [fs, fs.promises] as unknown as Patchable[]) {
    const kept: Replaced = new Map();
    replaced.set(target, kept);
    for (const [names, direction] of [
      [READS, "input"],
      [WRITES, "output"],
    ] as const)
      for (const name of names) {
        const original = target[name];
        if (typeof original !== "function") continue;
        const ours = noting(original, direction);
        kept.set(name, { original, ours });
        target[name] = ours;
      }
  }
  // ES modules that have imported `node:fs` by name see the change too.
  syncBuiltinESMExports();
}

/** Ends what {@link observeFs} began. What somebody else has wrapped since then stays in place, and notes nothing. */
export function leaveFs(): void {
  for (const [target, kept] of replaced)
    for (const [name, { original, ours }] of kept) if (target[name] === ours) target[name] = original;
  replaced.clear();
  syncBuiltinESMExports();
}

function noting(original: AnyFunction, direction: "input" | "output"): AnyFunction {
  const noted = function (this: unknown, ...args: unknown[]): unknown {
    const result = original.apply(this, args);
    const path = args[0];
    if (replaced.size > 0 && ((typeof path === "string" && DATASET.test(path)) || path instanceof URL))
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
  return Object.defineProperties<AnyFunction>(noted, Object.getOwnPropertyDescriptors(original));
}

function note(path: string, direction: "input" | "output", data: unknown): void {
  const ending = DATASET.exec(path);
  if (ending === null) return;
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
    format: ending[1] === undefined ? "arrow" : "parquet",
    ...(typeof bytes === "number" ? { bytes } : {}),
  });
}

function isSnapshot(path: string): boolean {
  return fs.existsSync(`${path.slice(0, path.lastIndexOf(sep))}${sep}run.json`);
}
