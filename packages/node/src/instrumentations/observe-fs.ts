import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { guarded } from "@pitot/core";
import { recordDatasetAccess } from "../record-dataset-access.ts";
import { datasetName } from "./dataset-name.ts";

/** Endings of the files that are noted. */
const DATASET = /\.(?:parquet|arrows?|feather)$/i;

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
    const path = datasetPath(args[0]);
    if (path === undefined || replaced.size === 0) return original.apply(this, args);
    const done = (): void =>
      guarded("fs.note", () => note(path, direction, direction === "output" ? args[1] : undefined));
    const callback = args.at(-1);
    if (typeof callback !== "function") return whenDone(original.apply(this, args), done);
    const told = function (this: unknown, ...answer: unknown[]): unknown {
      if (answer[0] == null) done();
      return (callback as AnyFunction).apply(this, answer);
    };
    return original.apply(this, [...args.slice(0, -1), told]);
  };
  // `fs.readFile` and others carry util.promisify's own properties.
  return Object.defineProperties<AnyFunction>(noted, Object.getOwnPropertyDescriptors(original));
}

/** Calls `done` once `result` says that there is such a file: at once, when its promise fulfils, or when its stream has opened it. */
function whenDone(result: unknown, done: () => void): unknown {
  // The promise that `then` gives is the caller's: so one that nobody handles is told as such.
  if (result instanceof Promise)
    return result.then((value: unknown) => {
      done();
      return value;
    });
  if (result instanceof fs.ReadStream || result instanceof fs.WriteStream)
    (result as NodeJS.EventEmitter).once("open", done);
  else done();
  return result;
}

/** The path of a file that may be a dataset. */
function datasetPath(path: unknown): string | undefined {
  if (typeof path === "string" && !DATASET.test(path)) return undefined;
  let whole: string | undefined;
  guarded("fs.path", () => {
    let text: string | undefined;
    if (typeof path === "string") text = path;
    else if (path instanceof URL && path.protocol === "file:") text = fileURLToPath(path);
    else if (Buffer.isBuffer(path)) text = path.toString();
    // As it lies now: the application may change its directory before the file is there.
    if (text !== undefined && DATASET.test(text)) whole = resolve(text);
  });
  return whole;
}

function note(whole: string, direction: "input" | "output", data: unknown): void {
  // A snapshot's own tables are no dataset of the pipeline.
  if (/[/\\](runs|session)[/\\][^/\\]+[/\\][a-z_]+\.arrows?$/.test(whole) && isSnapshot(whole)) return;
  const bytes =
    direction === "input"
      ? fs.statSync(whole, { throwIfNoEntry: false })?.size
      : (data as { byteLength?: number } | undefined)?.byteLength;
  recordDatasetAccess(direction, {
    dataset: datasetName(whole),
    path: whole,
    format: /\.parquet$/i.test(whole) ? "parquet" : "arrow",
    ...(typeof bytes === "number" ? { bytes } : {}),
  });
}

function isSnapshot(path: string): boolean {
  return fs.existsSync(`${path.slice(0, path.lastIndexOf(sep))}${sep}run.json`);
}
