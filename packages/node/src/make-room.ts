import { context, metrics, propagation, trace, type TracerProvider } from "@opentelemetry/api";
import { logs } from "./logs-api.ts";
import type { SpanProcessor } from "@opentelemetry/sdk-trace";
import type { Signal } from "./lazy-sdk.ts";

/**
 * Lets an application that registers an OpenTelemetry SDK of its own, after us, have it: the global of each signal is write-once, so
 * without this its providers would be refused, silently, and its telemetry lost.
 */
export function makeRoom(
  yieldSignal: (signal: Signal) => void,
  wrap: {
    readonly tracerProvider: (provider: TracerProvider) => TracerProvider;
    readonly contextManager: (
      manager: Parameters<typeof context.setGlobalContextManager>[0],
    ) => Parameters<typeof context.setGlobalContextManager>[0];
  },
): void {
  const same = <T>(value: T): T => value;
  before(trace, "setGlobalTracerProvider", () => yieldSignal("trace"), wrap.tracerProvider);
  before(metrics, "setGlobalMeterProvider", () => yieldSignal("metrics"), same);
  before(logs, "setGlobalLoggerProvider", () => yieldSignal("logs"), same);
  before(context, "setGlobalContextManager", () => yieldSignal("context"), wrap.contextManager);
  before(propagation, "setGlobalPropagator", () => yieldSignal("propagation"), same);
}

function before<A>(api: object, method: string, first: () => void, wrap: (value: A) => A): void {
  const methods = api as Record<string, (value: A) => unknown>;
  const original = methods[method]!.bind(api);
  Object.defineProperty(api, method, {
    configurable: true,
    writable: true,
    value: (value: A): unknown => {
      first();
      return original(wrap(value));
    },
  });
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
