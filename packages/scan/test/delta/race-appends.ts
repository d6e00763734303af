import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** What a process said of one append. */
interface SaidOutcome {
  readonly writer: string;
  readonly version: number;
  readonly outcome: string;
  readonly at: number | null;
}

const script = fileURLToPath(new URL("../fixtures/append-many.js", import.meta.url));

/** Lets processes append to one table, kills some at random times, and starts those again until every write was acknowledged. */
export async function raceAppends(options: {
  readonly table: string;
  readonly writers: number;
  readonly commits: number;
  readonly kills: number;
}): Promise<{ outcomes: SaidOutcome[]; kills: number }> {
  const { table, writers, commits } = options;
  const outcomes: SaidOutcome[] = [];
  let left = options.kills;
  let kills = 0;
  const run = async (writer: number, from: number): Promise<void> => {
    const doomed = left > 0 && left-- > 0;
    const args = [table, String(writer), String(commits), String(from), doomed ? "killed" : "ends"];
    const child = spawn(process.execPath, [script, ...args], { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    // Some die while modules load, most in the middle of a write.
    const timer = doomed ? setTimeout(() => child.kill("SIGKILL"), 250 + Math.random() * 900) : undefined;
    const killed = await new Promise<boolean>((resolve, reject) =>
      child.on("error", reject).on("close", (code, signal) => {
        if (signal !== "SIGKILL" && code !== 0) reject(new Error(`writer ${writer} ended with ${code}`));
        else resolve(signal === "SIGKILL");
      }),
    );
    clearTimeout(timer);
    const said = text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as SaidOutcome]));
    outcomes.push(...said);
    if (!killed) return;
    kills++;
    // From the write before the last acknowledged one: a retry must recognise it.
    await run(writer, Math.max(0, (said.at(-1)?.version ?? from) - 1));
  };
  await Promise.all(Array.from({ length: writers }, (_, writer) => run(writer, 0)));
  return { outcomes, kills };
}
