import type { RootCommand } from "@bomb.sh/tab";
import { listRuns } from "@pitot/snapshot";

/** Ids that a shell offers; more are no help to choose from. */
const OFFERED = 20;

/** Lets shells complete the ids of runs, newest first, where a command takes one. */
export function completeRuns(completion: RootCommand, directory: string): void {
  for (const command of completion.commands.values()) {
    const argument = command.arguments.get("run");
    if (argument === undefined) continue;
    argument.handler = (complete) => {
      if (!argument.variadic) complete("last", "the newest");
      for (const id of listRuns(directory).slice(-OFFERED).reverse()) complete(id, "");
    };
  }
}
