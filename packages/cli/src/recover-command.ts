import { recover } from "@pitot/snapshot";
import type { Command } from "commander";
import type { DirectoryOption } from "./directory-option.ts";

/** `pitot recover`: finishes what dead processes left behind. */
export function addRecover(program: Command, directory: DirectoryOption): void {
  program
    .command("recover")
    .description("finish the runs of processes that died: cut torn tails, close open spans, compact")
    .option(...directory)
    .option("--json", "what was done, as one JSON array")
    .addHelpText(
      "after",
      `
  pitot recover
  pitot recover --dir /var/pitot --json`,
    )
    .action(async ({ dir, json }: { dir: string; json?: boolean }) => {
      const scopes = await recover(dir);
      if (json) console.log(JSON.stringify(scopes, null, 2));
      else {
        for (const { outcome, type, id, cut, abortedSpans, error } of scopes) {
          if (outcome === "intact") continue;
          const parts = [`${id}  ${type}  ${outcome}`];
          if (abortedSpans > 0) parts.push(`${abortedSpans} open spans closed as aborted`);
          for (const [table, { bytes, rows }] of Object.entries(cut))
            parts.push(`${table}: ${bytes} bytes cut (${rows ?? "an unknown number of"} rows)`);
          if (error !== undefined) parts.push(error instanceof Error ? error.message : JSON.stringify(error));
          console.log(parts.join("; "));
        }
        const of = (wanted: string): number => scopes.filter(({ outcome }) => outcome === wanted).length;
        console.log(`${of("recovered")} recovered, ${of("intact")} intact, ${of("live")} alive`);
      }
      if (scopes.some(({ outcome }) => outcome === "failed")) process.exitCode = 1;
    });
}
