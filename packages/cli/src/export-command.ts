import { exportRun, listRuns, listScopes, type ExportFormat } from "@pitot/snapshot";
import type { Command } from "commander";
import type { DirectoryOption } from "./directory-option.ts";
import { findRun } from "./find-run.ts";

/** `pitot export`: writes a run for other tools. */
export function addExport(program: Command, directory: DirectoryOption): void {
  program
    .command("export")
    .description("write the tables of a run as Parquet or JSON Lines, or its spans as OTLP/JSON")
    .argument("<run>", "id of a run or session, or the beginning of one; `last` for the newest run")
    .option("-f, --format <format>", "parquet, jsonl or otlp", "parquet")
    .option("-o, --output <folder>", "where to write", ".")
    .option(...directory)
    .addHelpText(
      "after",
      `
  pitot export last
  pitot export 01a2 --format jsonl --output out
  pitot export last --format otlp`,
    )
    .action(
      async (
        wanted: string,
        { dir, format, output }: { dir: string; format: ExportFormat; output: string },
      ) => {
        // Sessions have their ids from `replay` and `recover`; the newest run is meant by `last`.
        const ids = wanted === "last" ? listRuns(dir) : listScopes(dir).map(({ id }) => id);
        for (const { path, rows } of await exportRun(dir, findRun(ids, wanted), { format, output }))
          console.log(`${path}  ${rows} rows`);
      },
    );
}
