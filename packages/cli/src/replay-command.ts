import { PitotError } from "@pitot/core";
import type { Command } from "commander";
import type { DirectoryOption } from "./directory-option.ts";

/** `pitot replay`: sends what no back end has confirmed. */
export function addReplay(program: Command, directory: DirectoryOption): void {
  program
    .command("replay")
    .description("send spans, metrics and logs that no back end has confirmed, with their ids and times")
    .argument("[run...]", "ids of runs and sessions")
    .option("--pending", "everything that waits")
    .option("--endpoint <url>", "OTLP/HTTP back end (default: OTEL_EXPORTER_OTLP_ENDPOINT)")
    .option(...directory)
    .option("--json", "what was done, as JSON")
    .addHelpText(
      "after",
      `
  pitot replay --pending
  pitot replay 01a210da-5f3a-7000-86f7-610b61cc89f5 --endpoint http://collector:4318`,
    )
    .action(
      async (
        runs: string[],
        {
          dir,
          endpoint,
          pending,
          json,
        }: { dir: string; endpoint?: string; pending?: boolean; json?: boolean },
      ) => {
        if (runs.length > 0 === (pending === true))
          throw new PitotError("INVALID_ARGUMENT", "Nothing says what to replay", {
            value: runs.join(" "),
            remedy: "Name runs, or give --pending.",
          });
        // The SDK is large: the other commands start without it.
        const { replay } = await import("@pitot/node");
        const report = await replay({
          directory: dir,
          ...(runs.length > 0 ? { runs } : {}),
          ...(endpoint === undefined ? {} : { endpoint }),
        });
        const { scopes, requests } = report;
        if (json) console.log(JSON.stringify(report, null, 2));
        else {
          for (const { id, outcome, error, doubted, ...scope } of scopes)
            console.log(
              `${id}  ${share("spans", scope.spans, scope)}, ${share("log records", scope.logs.records, scope.logs)}  ${outcome}${error instanceof Error ? `: ${error.message}` : ""}${doubted > 0 ? `; ${doubted} damaged ${doubted === 1 ? "entry" : "entries"} of its ledger not believed` : ""}`,
            );
          console.log(told("spans", report.spans, report));
          if (report.logs.records > 0) console.log(told("log records", report.logs.records, report.logs));
          if (requests.waiting > 0)
            console.log(
              told("requests of metrics", requests.waiting, { ...requests, rejected: requests.refused }),
            );
        }
        const left = requests.waiting - requests.delivered - requests.refused;
        if (left > 0 || scopes.some(({ outcome }) => outcome !== "delivered")) process.exitCode = 1;
      },
    );
}

interface Delivered {
  readonly delivered: number;
  readonly rejected: number;
}

function share(what: string, all: number, { delivered }: Pick<Delivered, "delivered">): string {
  return `${delivered} of ${all} ${what}`;
}

function told(what: string, all: number, counts: Delivered): string {
  const refused = counts.rejected > 0 ? `, ${counts.rejected} refused` : "";
  return `${share(what, all, counts)} delivered${refused}`;
}
