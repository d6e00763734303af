import {
  trace,
  type Context,
  type MeterProvider,
  type Tracer,
  type TracerProvider,
} from "@opentelemetry/api";

/** What is registered with OpenTelemetry's API, as far as it is asked on the way of every record. */
interface RegisteredApi {
  readonly context?: { active(): Context };
  readonly trace?: TracerProvider & { getDelegate?(): TracerProvider };
  readonly metrics?: MeterProvider;
}

/** Where every copy of the API in a process keeps what is registered; an object that stays once it is there. */
const REGISTRY = Symbol.for("opentelemetry.js.api.1");

let registry: RegisteredApi | undefined;

/** What is registered now, without the look-ups and the version check that the API makes at each call. */
export function registeredApi(): RegisteredApi | undefined {
  registry ??= (globalThis as { [REGISTRY]?: RegisteredApi })[REGISTRY];
  return registry;
}

let provider: TracerProvider | undefined;
let tracer: Tracer | undefined;

/** `trace.getTracer("pitot")`, looked up anew only where another provider is registered. */
export function pitotTracer(): Tracer {
  const registered = registeredApi()?.trace;
  const now = registered?.getDelegate?.() ?? registered;
  if (tracer !== undefined && now !== undefined && now === provider) return tracer;
  tracer = trace.getTracer("pitot");
  provider = now;
  return tracer;
}
