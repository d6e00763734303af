import { abortRuns, aliveRuns, finishRun, flushRecords, session } from "@pitot/core";

const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

/** What must happen when a process ends without having called `shutdown`. */
export interface EndOfProcess {
  /** Writes to disk what waits, as far as it comes until then (Unix milliseconds). Synchronous. */
  readonly flush: (deadline: number) => void;
  /** Keeps on disk what a signal's second or a SIGKILL would take: metrics that are not exported, spans that are open. Synchronous. */
  readonly checkpoint: () => void;
  /** Ends open spans as aborted. Synchronous. */
  readonly abortSpans: () => void;
  /** Leaves to the disk what can be settled at the very end alone, e.g. metrics. Synchronous. */
  readonly spillLast: () => void;
  /** From now on writes each record to disk before its call returns: nothing is asked of us any more. Synchronous. */
  readonly writeAtOnce: () => void;
  /** Delivers and closes. Idempotent. */
  readonly shutdown: () => Promise<void>;
  /** Longest time in ms that a signal waits for `shutdown`, and that the end of the process waits for synchronous work. */
  readonly boundMs: number;
}

/**
 * Watches the ways in which a process ends, without changing its exit code or signal. When the event loop runs empty, delivers. At
 * `process.exit` and after an uncaught error, closes runs and open spans as aborted and writes the snapshot. On SIGTERM, SIGINT and SIGHUP,
 * aborts `run.signal`, and where the application has no handler of its own, delivers within the bound and lets the signal end the
 * process; a second signal ends it at once. In a worker thread, the same at the thread's end. Returns a function that stops watching.
 *
 * Other listeners find a signal as if ours were not there: those that listen once, and those that end the process where nobody else listens,
 * as `signal-exit` does.
 */
export function watchProcessEnd(end: EndOfProcess): () => void {
  const onBeforeExit = (): void => void end.shutdown();
  const onExit = (): void => {
    settle();
    // Listeners of the application that come after this one may record too.
    end.writeAtOnce();
  };
  const settle = (): void => {
    const deadline = performance.now() + end.boundMs;
    session.close();
    end.flush(deadline);
    for (const run of aliveRuns()) {
      finishRun(run, { status: "aborted" });
      // Beyond the bound the runs that are left stay open: the next process recovers them, from what was flushed. The first is finished however
      // late it is, so that a machine without time for the process does not take what the run has in memory.
      if (performance.now() > deadline) return;
    }
    end.abortSpans();
    end.flush(deadline);
    if (performance.now() <= deadline) end.spillLast();
  };
  let stopped = false;
  let ending = false;
  /** Signals that handlers of the application have had. */
  const answered = new Set<NodeJS.Signals>();
  const onSignal = (signal: NodeJS.Signals): void => {
    abortRuns(new Error(`the process was asked to stop by ${signal}`));
    flushRecords();
    end.flush(performance.now() + end.boundMs);
    end.checkpoint();
    // With a handler of the application beside ours, ending the process is the application's affair.
    if (process.listenerCount(signal) > 1) {
      answered.add(signal);
      process.removeListener(signal, onSignal);
      process.nextTick(() => {
        if (!stopped) process.prependListener(signal, onSignal);
      });
      return;
    }
    const die = (): void => {
      stop();
      onExit();
      process.kill(process.pid, signal);
    };
    if (ending || answered.has(signal)) {
      die();
      return;
    }
    ending = true;
    const late = setTimeout(die, end.boundMs);
    void end.shutdown().finally(() => {
      clearTimeout(late);
      die();
    });
  };
  const stop = (): void => {
    stopped = true;
    process.removeListener("beforeExit", onBeforeExit);
    process.removeListener("exit", onExit);
    for (const signal of SIGNALS) process.removeListener(signal, onSignal);
  };
  process.once("beforeExit", onBeforeExit);
  process.once("exit", onExit);
  // Ahead of all: one that listens once has been taken off the list by the time it is called.
  for (const signal of SIGNALS) process.prependListener(signal, onSignal);
  return stop;
}
