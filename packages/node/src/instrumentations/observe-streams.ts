import { syncBuiltinESMExports } from "node:module";
import stream from "node:stream";
import { activeRun, guarded } from "@pitot/core";
import type { ObservedStages, observeStages as ObserveStages } from "@pitot/pipeline";
import { requireEsm } from "../require-esm.ts";

type AnyFunction = (...args: unknown[]) => unknown;
type Failure = { readonly thrown: unknown };

const replaced = new Map<{ pipeline: unknown }, { readonly original: unknown; readonly ours: unknown }>();
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
    const options = isOptions(args.at(-1)) ? args.slice(-1) : [];
    const observed = observe(options.length === 0 ? args : args.slice(0, -1));
    if (observed === undefined) return original(...args);
    return settled(original(...observed.metered, ...options) as Promise<unknown>, observed);
  };
}

async function settled(result: Promise<unknown>, observed: ObservedStages): Promise<unknown> {
  let failure: Failure | undefined;
  try {
    return await result;
  } catch (error) {
    failure = { thrown: error };
    throw error;
  } finally {
    await observed.end(failure);
  }
}

function withCallback(original: AnyFunction): AnyFunction {
  return (...args) => {
    const callback = args.at(-1);
    const given = args.slice(0, -1);
    const stages = given.length === 1 && Array.isArray(given[0]) ? (given[0] as unknown[]) : given;
    const observed = typeof callback === "function" ? observe(stages) : undefined;
    if (observed === undefined) return original(...args);
    const call = callback as AnyFunction;
    const ended: AnyFunction = (error, ...rest) =>
      void observed
        .end(error == null ? undefined : { thrown: error })
        // In a tick of its own: what it throws is the application's, not a rejection of ours.
        .then(() => process.nextTick(() => call(error, ...rest)));
    try {
      return original(...observed.metered, ended);
    } catch (error) {
      void observed.end({ thrown: error });
      throw error;
    }
  };
}

/** Undefined where there is nothing to observe it by, or a stage that we do not know. */
function observe(stages: readonly unknown[]): ObservedStages | undefined {
  const run = activeRun();
  if (run === undefined || replaced.size === 0 || stages.length < 2 || !stages.every(isStage))
    return undefined;
  let observed: ObservedStages | undefined;
  guarded("stream.observe", () => {
    const { observeStages } = requireEsm("@pitot/pipeline") as { observeStages: typeof ObserveStages };
    const named = Object.fromEntries(stages.map((stage, i) => [`${i + 1} ${stageName(stage)}`, stage]));
    observed = observeStages(run, named);
  });
  return observed;
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
  return (stage as Partial<object>).constructor?.name || "stream";
}
