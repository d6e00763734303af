import { listRuns, readRun } from "@pitot/snapshot";
import colors from "picocolors";
import { milliseconds } from "./format-duration.ts";
import { StatusLine } from "./status-line.ts";

const EVERY_MS = 500;
/** What happens in less is over before anybody has read it. */
const AFTER_MS = 1000;

/** Shows on stderr, where it is a terminal, what the runs that are new since now are doing. Returns what ends it. */
export function showProgress(directory: string, before: ReadonlySet<string>): () => void {
  const started = performance.now();
  let line: StatusLine | undefined;
  let busy = false;
  const draw = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    const text = await progress(directory, before).catch(() => "");
    busy = false;
    if (!process.stderr.isTTY || ended) return;
    line ??= new StatusLine(process.stderr);
    line.show(`${colors.cyan("pitot")} ${milliseconds(performance.now() - started)}${text}`);
  };
  let ended = false;
  let timer: NodeJS.Timeout | undefined;
  const first = process.stderr.isTTY
    ? setTimeout(() => {
        timer = setInterval(() => void draw(), EVERY_MS);
        void draw();
      }, AFTER_MS)
    : undefined;
  return () => {
    ended = true;
    clearTimeout(first);
    clearInterval(timer);
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
