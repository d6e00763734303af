import { listRuns, readRun } from "@pitot/snapshot";
import colors from "picocolors";
import { milliseconds } from "./format-duration.ts";
import { StatusLine } from "./status-line.ts";

const EVERY_MS = 500;
/** Looking takes one part in this many of the time. */
const SHARE = 20;
/** What happens in less is over before anybody has read it. */
const AFTER_MS = 1000;

/** Shows on stderr, where it is a terminal, what the runs that are new since now are doing. Returns what ends it. */
export function showProgress(directory: string, before: ReadonlySet<string>): () => void {
  const started = performance.now();
  let line: StatusLine | undefined;
  let ended = false;
  let timer: NodeJS.Timeout | undefined;
  const draw = async (): Promise<void> => {
    const begun = performance.now();
    const text = await progress(directory, before).catch(() => "");
    if (ended) return;
    line ??= new StatusLine(process.stderr);
    line.show(`${colors.cyan("pitot")} ${milliseconds(performance.now() - started)}${text}`);
    // A long run has much to read: that must not keep a processor from it.
    timer = setTimeout(() => void draw(), Math.max(EVERY_MS, SHARE * (performance.now() - begun)));
  };
  if (process.stderr.isTTY) timer = setTimeout(() => void draw(), AFTER_MS);
  return () => {
    ended = true;
    clearTimeout(timer);
    line?.close();
  };
}

async function progress(directory: string, before: ReadonlySet<string>): Promise<string> {
  const ids = listRuns(directory).filter((id) => !before.has(id));
  const id = ids.at(-1);
  if (id === undefined) return "  nothing traced yet";
  const run = readRun(directory, id);
  const spans = await run.table("spans");
  const last = spans === undefined ? undefined : String(spans.getChild("name")!.get(spans.numRows - 1));
  const others = ids.length > 1 ? `  ${ids.length} runs` : "";
  return `${others}  ${run.manifest.run?.label ?? ""}: ${spans?.numRows ?? 0} spans${last === undefined ? "" : `, last ${last}`}`;
}
