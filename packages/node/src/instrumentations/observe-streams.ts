import { AsyncLocalStorage } from "node:async_hooks";
import { syncBuiltinESMExports } from "node:module";
import stream from "node:stream";
import { activeRun, guarded } from "@pitot/core";
import type { observePipeline, StreamStage } from "@pitot/pipeline";
import { requireEsm } from "../require-esm.ts";

type AnyFunction = (...args: unknown[]) => unknown;
type Stages = Record<string, StreamStage>;

const replaced = new Map<{ pipeline: unknown }, { readonly original: unknown; readonly ours: unknown }>();
/** Set below a pipeline that is being observed: observing it calls `pipeline` in turn. */
const observing = new AsyncLocalStorage<true>();

/** Begins to observe `pipeline` of `node:stream` and `node:stream/promises` inside runs: a stage span per stage. Idempotent. */
export function observeStreams(): void {
  if (replaced.size > 0) return;
  const targets: [{ pipeline: unknown }, (original: AnyFunction) => AnyFunction][] = [
    [stream, withCallback],
    [stream.promises, withPromise],
  ];
  for (const [target, wrap] of targets) {
    const original = target.pipeline as AnyFunction;
    // `util.promisify(stream.pipeline)` finds its promise form among the properties.
    const ours = Object.defineProperties(wrap(original), Object.getOwnPropertyDescriptors(original));
    replaced.set(target, { original, ours });
    target.pipeline = ours;
  }
  syncBuiltinESMExports();
}

/** Ends what {@link observeStreams} began. What somebody else has wrapped since then stays in place, and observes nothing. */
export function leaveStreams(): void {
  for (const [target, { original, ours }] of replaced)
    if (target.pipeline === ours) target.pipeline = original;
  replaced.clear();
  syncBuiltinESMExports();
}

function withPromise(original: AnyFunction): AnyFunction {
  return (...args) => {
    const last = args.at(-1);
    const options = isOptions(last) ? last : undefined;
    const observed = observe(options === undefined ? args : args.slice(0, -1), options);
    return observed ?? original(...args);
  };
}

function withCallback(original: AnyFunction): AnyFunction {
  return (...args) => {
    const callback = args.at(-1);
    const given = args.slice(0, -1);
    const stages = (given.length === 1 && Array.isArray(given[0]) ? given[0] : given) as unknown[];
    const end = stages.at(-1);
    // What it returns for a function at the end is a stream of its own making.
    if (typeof callback !== "function" || typeof end === "function") return original(...args);
    const observed = observe(stages, undefined);
    if (observed === undefined) return original(...args);
    const call = callback as AnyFunction;
    // In a tick of its own: what it throws is the application's, not a rejection of ours.
    observed.then(
      () => process.nextTick(() => call(undefined)),
      (error: unknown) => process.nextTick(() => call(error)),
    );
    return end;
  };
}

/** Undefined where there is nothing to observe it by, or a stage that we do not know. */
function observe(stages: readonly unknown[], options: object | undefined): Promise<unknown> | undefined {
  const run = activeRun();
  if (
    run === undefined ||
    replaced.size === 0 ||
    observing.getStore() === true ||
    stages.length < 2 ||
    !stages.every(isStage)
  )
    return undefined;
  let observer: typeof observePipeline | undefined;
  guarded("stream.observe", () => {
    observer = (requireEsm("@pitot/pipeline") as { observePipeline: typeof observePipeline }).observePipeline;
  });
  if (observer === undefined) return undefined;
  const named: Stages = {};
  stages.forEach((stage, i) => {
    named[`${i + 1} ${stageName(stage)}`] = stage as StreamStage;
  });
  return observing.run(true, observer, run, named, options ?? {});
}

function isOptions(value: unknown): value is object {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.getPrototypeOf(value) === Object.prototype &&
    ("signal" in value || "end" in value)
  );
}

function isStage(value: unknown): boolean {
  if (typeof value === "function") return true;
  return typeof value === "object" && value !== null && typeof (value as { on?: unknown }).on === "function";
}

function stageName(stage: unknown): string {
  if (typeof stage === "function") return stage.name || "function";
  return (stage as object).constructor.name;
}
