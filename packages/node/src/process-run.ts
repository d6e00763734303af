import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { threadId } from "node:worker_threads";
import { context, propagation, ROOT_CONTEXT, trace, type Context } from "@opentelemetry/api";
import { finishRun, startedRuns, startProcessRun, type PipelineRun } from "@pitot/core";

/** What a process run is named, and which trace it continues. */
export interface ProcessRunOptions {
  readonly label: string;
  /** A W3C `traceparent` of the process or thread that started this one. */
  readonly traceparent?: string | undefined;
  /** Called with the run's context once it exists. */
  readonly onStart?: (at: Context) => void;
}

/**
 * The run of a whole process, for an application that makes none of its own. It begins, with the process's own start as its time,
 * when something is first traced; where the application has started a run before that, it never does.
 */
export class ProcessRun {
  readonly #options: ProcessRunOptions;
  #state: "waiting" | "starting" | "running" | "over" = "waiting";
  #run: PipelineRun | undefined;
  #context: Context = ROOT_CONTEXT;

  constructor(options: ProcessRunOptions) {
    this.#options = options;
  }

  get run(): PipelineRun | undefined {
    return this.#run;
  }

  /** The context of what is traced outside any other: the run's, which this call starts; else the one that was inherited. */
  context(): Context {
    this.ensure();
    return this.#context;
  }

  /** Starts the run, unless it has been started or never will be. */
  ensure(): void {
    if (this.#state === "waiting") this.#start();
  }

  /** Ends the run; a process in which nothing was traced gets a run too, so that it is seen to have been there. */
  finish(end: {
    readonly exitCode: number;
    readonly error?: { readonly thrown: unknown } | undefined;
  }): void {
    this.ensure();
    const run = this.#run;
    if (run === undefined || this.#state === "over") return;
    this.#state = "over";
    this.#context = ROOT_CONTEXT;
    const metadata = { exit_code: end.exitCode };
    if (end.error !== undefined) finishRun(run, { error: end.error.thrown, metadata });
    else finishRun(run, { status: end.exitCode === 0 ? "completed" : "failed", metadata });
  }

  #start(): void {
    if (startedRuns() > 0) {
      this.#state = "over";
      return;
    }
    this.#state = "starting";
    const { label, traceparent, onStart } = this.#options;
    if (traceparent !== undefined) this.#context = propagation.extract(ROOT_CONTEXT, { traceparent });
    const script = process.argv[1];
    // In its own context, for starting asks for the active one, which is what is being made.
    this.#run = context.with(this.#context, () =>
      startProcessRun({
        label,
        startTimeUnixMs: Math.round(performance.timeOrigin),
        metadata: {
          node: process.version,
          pid: process.pid,
          ...(threadId === 0 ? {} : { thread: threadId }),
          ...(script === undefined ? {} : { script: basename(script) }),
        },
      }),
    );
    this.#context = this.#run.with(() => context.active());
    this.#state = "running";
    onStart?.(this.#context);
  }
}

/** The `traceparent` of a context's span; undefined without one. */
export function traceparentOf(at: Context): string | undefined {
  const span = trace.getSpanContext(at);
  if (span === undefined) return undefined;
  return `00-${span.traceId}-${span.spanId}-0${(span.traceFlags & 1).toString()}`;
}

/** What a process is called: its package, and its script where that is not the package's main one. */
export function processLabel(script: string | undefined): {
  readonly label: string;
  readonly packageName?: string;
} {
  // A program from the standard input has a dash for its name.
  if (script === undefined || script === "-") return { label: "node" };
  const file = basename(script, extname(script));
  const packageName = nearestPackageName(dirname(resolve(script)));
  if (packageName === undefined) return { label: file };
  return {
    label: /^(index|main|app|server|start)$/.test(file) ? packageName : `${packageName}/${file}`,
    packageName,
  };
}

function nearestPackageName(from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const file = join(folder, "package.json");
    if (existsSync(file))
      try {
        const { name } = JSON.parse(readFileSync(file, "utf8")) as { name?: unknown };
        if (typeof name === "string" && name !== "") return name;
      } catch {
        return undefined;
      }
    if (dirname(folder) === folder) return undefined;
  }
}
