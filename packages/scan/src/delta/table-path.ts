import { isAbsolute, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { PitotError } from "@pitot/core";
import { placeText, type LogPlace } from "./log-error.ts";

const SCHEME = /^([a-zA-Z][a-zA-Z0-9+.-]+):/;

/**
 * The folder of a table, as an absolute path.
 * @throws PitotError UNSUPPORTED for a location that is not in a local file system
 */
export function tableRoot(location: string | URL): string {
  const text = String(location);
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return resolve(text);
  if (scheme === "file") return fileURLToPath(text);
  throw new PitotError(
    "UNSUPPORTED",
    "Delta tables are read and written in local file systems only: a log needs listing and put-if-absent",
    { value: text, remedy: "Give a folder, or copy or mount the table." },
  );
}

/**
 * Where a path of the log lies: URI-decoded once, relative to the table. Paths that lead out of the table are opened only below
 * one of `allowed`.
 *
 * @throws PitotError INVALID_DATA that names the path and the rule it breaks
 */
export function resolveTablePath(
  root: string,
  path: string,
  allowed: readonly string[],
  place?: LogPlace,
): string {
  const refuse = (rule: string, remedy: string, cause?: unknown): PitotError =>
    new PitotError(
      "INVALID_DATA",
      `A path of the Delta log${place === undefined ? "" : ` at ${placeText(place)}`} ${rule}`,
      {
        value: path,
        remedy,
        ...(cause === undefined ? {} : { cause }),
      },
    );
  let decoded: string;
  try {
    const scheme = SCHEME.exec(path)?.[1]?.toLowerCase();
    if (scheme !== undefined && scheme !== "file")
      throw refuse(`has the scheme ${scheme}:`, "Copy the file into the table.");
    decoded = scheme === undefined ? decodeURIComponent(path) : fileURLToPath(path);
  } catch (cause) {
    if (cause instanceof PitotError) throw cause;
    throw refuse("is not a URI", "Have its writer encode it.", cause);
  }
  if (decoded === "" || decoded.includes("\u0000"))
    throw refuse("is empty or holds a null character", "Have its writer repair the log.");
  const file = resolve(root, decoded);
  if (isWithin(root, file) || allowed.some((folder) => isWithin(folder, file))) return file;
  throw refuse(
    "leads out of the table",
    `Allow its folder where you trust the log: {allowedFolders: [${JSON.stringify(resolve(file, ".."))}]}.`,
  );
}

/** Whether `file` lies below `folder`; both absolute. */
export function isWithin(folder: string, file: string): boolean {
  const path = relative(folder, file);
  return path !== "" && path !== ".." && !path.startsWith(`..${sep}`) && !isAbsolute(path);
}
