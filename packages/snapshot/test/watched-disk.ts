import fs from "node:fs";
import promises from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";

const SYNC = [
  "openSync",
  "writeSync",
  "fsyncSync",
  "ftruncateSync",
  "renameSync",
  "rmSync",
  "rmdirSync",
  "mkdirSync",
] as const;
const ASYNC = ["open", "rename", "rm"] as const;

type Functions = Record<string, (...args: unknown[]) => unknown>;

/**
 * Calls `before` ahead of each operation that may change the disk, in this process, until the returned function is called. It may look at the
 * disk, or throw what a bad disk throws.
 */
export async function watchDisk(before: (operation: string, args: unknown[]) => void): Promise<() => void> {
  const handle = await promises.open(process.execPath, "r");
  const prototype = Object.getPrototypeOf(handle) as Functions;
  await handle.close();
  let inside = false;
  // Parts of Node that are loaded meanwhile keep what they found.
  let over = false;
  const restore: (() => void)[] = [];
  const patch = (owner: Functions, name: string): void => {
    const original = owner[name];
    if (original === undefined) throw new Error(`${name} is not there`);
    owner[name] = function patched(this: unknown, ...args: unknown[]): unknown {
      if (!inside && !over) {
        inside = true;
        try {
          before(name, args);
        } finally {
          inside = false;
        }
      }
      return original.apply(this, args);
    };
    restore.push(() => {
      owner[name] = original;
    });
  };
  for (const name of SYNC) patch(fs as unknown as Functions, name);
  for (const name of ASYNC) patch(promises as unknown as Functions, name);
  patch(prototype, "writeFile");
  syncBuiltinESMExports();
  return () => {
    over = true;
    for (const undo of restore) undo();
    syncBuiltinESMExports();
  };
}
