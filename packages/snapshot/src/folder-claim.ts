import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { openNew, openRead } from "./private-file.ts";
import { isAlive, thisProcess, type ProcessIdentity } from "./process-identity.ts";

const ENDING = ".claim";
const ATTEMPTS = 5;
/** How the claim of the process that writes a folder begins: its time is that of the last sign of life. */
const OWNER = "owner-";

/** The right of one process to write into a folder. */
export interface FolderClaim {
  /** A sign of life. */
  touch(): void;
  release(): void;
}

/**
 * Claims a folder for the caller alone; undefined where a living process has it, this one included, or where it is gone.
 *
 * Each contender writes a claim under a name of its own and then looks for others: of two that come at once, the one that looks second
 * sees both and steps back. A claim of the dead is removed by whoever meets it; its name never comes again, so that nobody removes a
 * living one. No order of steps lets two in; where all have stepped back, chance decides who is first the next time.
 */
export async function claimFolder(folder: string): Promise<FolderClaim | undefined> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) await wait(Math.random() * 10 * 2 ** attempt);
    const others = livingClaims(folder);
    if (others.some((name) => name.startsWith(OWNER))) return undefined;
    if (others.length > 0) continue;
    const claim = contend(folder);
    if (claim === undefined) {
      if (existsSync(folder)) continue;
      return undefined;
    }
    if (livingClaims(folder).length === 1) return claim;
    claim.release();
  }
  return undefined;
}

/** Claims a folder that the caller has just made. */
export function ownFolder(folder: string): FolderClaim {
  return write(folder, OWNER);
}

/** Whether a file is somebody's claim, who is not the one that wrote the folder. */
export function isForeignClaim(name: string): boolean {
  return name.endsWith(ENDING) && !name.startsWith(OWNER);
}

/** Undefined where the one that has the folder swept the claim away before it was in place. */
function contend(folder: string): FolderClaim | undefined {
  try {
    return write(folder, "");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function write(folder: string, role: string): FolderClaim {
  const path = join(folder, `${role}${process.pid}-${randomBytes(6).toString("hex")}${ENDING}`);
  // Renamed into place: nobody ever reads half a claim.
  const file = openNew(`${path}.tmp`);
  try {
    writeSync(file, JSON.stringify(thisProcess()));
    renameSync(`${path}.tmp`, path);
  } catch (error) {
    // A full disk is tried again and again.
    rmSync(`${path}.tmp`, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  return {
    touch: () => {
      try {
        const now = new Date();
        utimesSync(path, now, now);
      } catch {
        // The folder is gone, or the disk: told where something is written.
      }
    },
    release: () => {
      rmSync(path, { force: true });
    },
  };
}

/** Claims of processes that live; those of the dead are removed on the way. */
export function livingClaims(folder: string): string[] {
  return claimsIn(folder).filter((name) => {
    const path = join(folder, name);
    const alive = claimantLives(path);
    if (alive === false) rmSync(path, { recursive: true, force: true });
    return alive === true;
  });
}

/** Whether a living process writes the folder, or finishes it. Changes nothing in it. */
export function isClaimed(folder: string): boolean {
  return claimsIn(folder).some((name) => claimantLives(join(folder, name)) === true);
}

/** None where the folder is gone: somebody has removed it meanwhile. */
function claimsIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(ENDING));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** Undefined where the claim was released meanwhile. */
function claimantLives(path: string): boolean | undefined {
  try {
    const file = openRead(path);
    try {
      const identity = JSON.parse(readFileSync(file, "utf8")) as ProcessIdentity;
      return isAlive(identity, statSync(path).mtimeMs);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? undefined : false;
  }
}
