import {
  context,
  metrics,
  propagation,
  trace,
  type ContextManager,
  type TracerProvider,
} from "@opentelemetry/api";
import { logs } from "./logs-api.ts";
import type { SpanProcessor } from "@opentelemetry/sdk-trace";
import type { Signal } from "./lazy-sdk.ts";

/**
 * Lets an application that registers an OpenTelemetry SDK of its own, after us, have it: the global of each signal is write-once, so
 * without this its providers would be refused, silently, and its telemetry lost.
 */
export function makeRoom(
  yieldSignal: (signal: Signal, successor: unknown) => void,
  wrap: {
    readonly tracerProvider: (provider: TracerProvider) => TracerProvider;
    readonly contextManager: (manager: ContextManager) => ContextManager;
  },
): void {
  const same = <T>(value: T): T => value;
  before(
    trace,
    "setGlobalTracerProvider",
    (successor) => yieldSignal("trace", successor),
    wrap.tracerProvider,
  );
  before(metrics, "setGlobalMeterProvider", (successor) => yieldSignal("metrics", successor), same);
  before(logs, "setGlobalLoggerProvider", (successor) => yieldSignal("logs", successor), same);
  before(
    context,
    "setGlobalContextManager",
    (successor) => yieldSignal("context", successor),
    wrap.contextManager,
  );
  before(propagation, "setGlobalPropagator", (successor) => yieldSignal("propagation", successor), same);
}

function before<A>(api: object, method: string, first: (value: A) => void, wrap: (value: A) => A): void {
  const methods = api as Record<string, (value: A) => unknown>;
  const original = methods[method]!.bind(api);
  Object.defineProperty(api, method, {
    configurable: true,
    writable: true,
    value: (value: A): unknown => {
      first(value);
      return original(wrap(value));
    },
  });
}

/**
 * Puts the context manager of an SDK that was there before us behind ours. The API has no getter for it, so this reads the global that all
 * copies of the API share; where there is none, what is traced outside any context stays outside the process's run.
 */
export function adoptContextManager(wrap: (manager: ContextManager) => ContextManager): void {
  const shared = (globalThis as Record<symbol, { context?: ContextManager } | undefined>)[
    Symbol.for("opentelemetry.js.api.1")
  ];
  const manager = shared?.context;
  if (manager === undefined) return;
  context.disable();
  context.setGlobalContextManager(wrap(manager).enable());
}

/**
 * Adds a span processor to a provider of the application's. OpenTelemetry has no method for that since 2.0, so this reaches for
 * the list that its SDK keeps; a provider of another make has none, and then spans are not in snapshots. True where it was added.
 */
export function addSpanProcessor(provider: TracerProvider, processor: SpanProcessor): boolean {
  const target = provider as {
    getDelegate?: () => TracerProvider;
    _activeSpanProcessor?: { _spanProcessors?: unknown };
  };
  if (typeof target.getDelegate === "function") return addSpanProcessor(target.getDelegate(), processor);
  const processors = target._activeSpanProcessor?._spanProcessors;
  if (!Array.isArray(processors)) return false;
  if (!processors.some((other: object) => other.constructor.name === processor.constructor.name))
    processors.push(processor);
  return true;
}
