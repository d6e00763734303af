import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { isClaimed, isForeignClaim } from "./folder-claim.ts";
import type { RunManifest } from "./manifest.ts";
import { exists } from "./process-identity.ts";

/** Whether a living process writes the folder, sends from it, or finishes it. Changes nothing in it. */
export function isLive(folder: string, manifest: RunManifest): boolean {
  return isClaimed(folder) || isLiveUnclaimed(manifest);
}

/** Folders of before there were claims name their process alone. */
export function isLiveUnclaimed({ delivery, state, pid }: RunManifest): boolean {
  return delivery === undefined && state === "open" && exists(pid);
}

/** When a file of the folder was last written, or its claim touched. */
export function lastSignOfLife(folder: string): number {
  const times = readdirSync(folder).map((name) => {
    // What a recovery that died has left is no sign of the life before it.
    if (isForeignClaim(name) || name.endsWith(".tmp")) return 0;
    // Removed meanwhile by another recovery: no sign of life.
    return statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  });
  return Math.max(...times);
}
