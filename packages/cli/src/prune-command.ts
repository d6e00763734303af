import { PitotError } from "@pitot/core";
import { prune } from "@pitot/snapshot";
import type { Command } from "commander";
import type { DirectoryOption } from "./directory-option.ts";

interface PruneFlags {
  readonly dir: string;
  readonly olderThan?: number;
  readonly keep?: number;
  readonly maxSize?: number;
  readonly undelivered: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

const TIMES: Readonly<Record<string, number>> = { s: 1e3, m: 6e4, h: 3.6e6, d: 8.64e7 };
const SIZES: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};

/** `pitot prune`: removes old runs. */
export function addPrune(program: Command, directory: DirectoryOption): void {
  program
    .command("prune")
    .description("remove runs that have ended or died until the bounds hold: oldest first, undelivered last")
    .option("--older-than <time>", "runs that ended longer ago, e.g. 30d, 12h", quantity(TIMES))
    .option("--keep <count>", "all but this many", quantity({ "": 1 }))
    .option("--max-size <bytes>", "until the folder takes no more, e.g. 2GB, 500MiB", quantity(SIZES))
    .option("--no-undelivered", "never remove what was not delivered")
    .option("--dry-run", "tell what would be removed")
    .option(...directory)
    .option("--json", "what was removed, as one JSON array")
    .addHelpText(
      "after",
      `
  pitot prune --older-than 30d --max-size 2GB
  pitot prune --keep 100 --dry-run`,
    )
    .action(async ({ dir, olderThan, keep, maxSize, json, ...flags }: PruneFlags) => {
      if (olderThan === undefined && keep === undefined && maxSize === undefined)
        throw new PitotError("INVALID_ARGUMENT", "Nothing bounds what is kept", {
          remedy: "Give --older-than, --keep or --max-size.",
        });
      const removed = await prune(dir, {
        ...(olderThan === undefined ? {} : { maxAgeMs: olderThan }),
        ...(keep === undefined ? {} : { maxRuns: keep }),
        ...(maxSize === undefined ? {} : { maxBytes: maxSize }),
        undelivered: flags.undelivered,
        dryRun: flags.dryRun === true,
      });
      if (json) console.log(JSON.stringify(removed, null, 2));
      else {
        for (const { id, type, bytes, undelivered } of removed)
          console.log(`${id}  ${type}  ${bytes} bytes${undelivered ? "  undelivered" : ""}`);
        const sum = removed.reduce((total, { bytes }) => total + bytes, 0);
        console.log(`${removed.length} ${flags.dryRun ? "would be " : ""}removed, ${sum} bytes`);
      }
    });
}

function quantity(units: Readonly<Record<string, number>>): (text: string) => number {
  return (text) => {
    const [, number, unit = ""] = /^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$/.exec(text) ?? [];
    const factor = units[unit];
    if (number === undefined || factor === undefined)
      throw new PitotError("INVALID_ARGUMENT", "This is no quantity", {
        value: text,
        remedy: `Give a number${"" in units ? "" : ` with one of the units ${Object.keys(units).join(", ")}`}.`,
      });
    return Number(number) * factor;
  };
}
