import { createRequire } from "node:module";
import type { TextMapPropagator } from "@opentelemetry/api";
import { PitotError } from "@pitot/core";

const require = createRequire(import.meta.url);

type OtelCore = typeof import("@opentelemetry/core");
type B3 = typeof import("@opentelemetry/propagator-b3");
/** Named by its use: newer lines of OpenTelemetry have the package no more. */
interface Jaeger {
  readonly JaegerPropagator: new () => TextMapPropagator;
}

const otelCore = (): OtelCore => require("@opentelemetry/core") as OtelCore;
const b3 = (): B3 => require("@opentelemetry/propagator-b3") as B3;

interface Source {
  readonly from: string;
  readonly make: () => TextMapPropagator;
}

/** What `OTEL_PROPAGATORS` may name, and the package that has it. */
const SOURCES: Readonly<Record<string, Source>> = {
  tracecontext: {
    from: "@opentelemetry/core",
    make: () => new (otelCore().W3CTraceContextPropagator)(),
  },
  baggage: {
    from: "@opentelemetry/core",
    make: () => new (otelCore().W3CBaggagePropagator)(),
  },
  b3: {
    from: "@opentelemetry/propagator-b3",
    make: () => new (b3().B3Propagator)(),
  },
  b3multi: {
    from: "@opentelemetry/propagator-b3",
    make: () => new (b3().B3Propagator)({ injectEncoding: b3().B3InjectEncoding.MULTI_HEADER }),
  },
  jaeger: {
    from: "@opentelemetry/propagator-jaeger",
    make: () => new (require("@opentelemetry/propagator-jaeger") as Jaeger).JaegerPropagator(),
  },
};

/**
 * The propagators of `OTEL_PROPAGATORS`, by default W3C's, loaded when something is injected or extracted.
 * @throws PitotError INVALID_CONFIGURATION where one is unknown, or its package is not installed
 */
export function lazyPropagator(
  text: string | undefined = process.env["OTEL_PROPAGATORS"],
): TextMapPropagator {
  const names = propagatorNames(text || "tracecontext,baggage");
  for (const name of names) assertInstalled(name);
  let made: TextMapPropagator | undefined;
  const propagator = (): TextMapPropagator => {
    if (made !== undefined) return made;
    const { CompositePropagator } = otelCore();
    return (made = new CompositePropagator({ propagators: names.map((name) => SOURCES[name]!.make()) }));
  };
  return {
    inject: (...to) => propagator().inject(...to),
    extract: (...from) => propagator().extract(...from),
    fields: () => propagator().fields(),
  };
}

/** The names that a list has, once each; none where it says `none`. @throws PitotError INVALID_CONFIGURATION for an unknown one */
export function propagatorNames(text: string): readonly string[] {
  const names = text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const unknown = names.find((name) => name !== "none" && !Object.hasOwn(SOURCES, name));
  if (unknown !== undefined)
    throw new PitotError("INVALID_CONFIGURATION", "OTEL_PROPAGATORS names what Pitot does not know", {
      value: unknown,
      remedy: `Use ${Object.keys(SOURCES).join(", ")} or none.`,
    });
  return names.includes("none") ? [] : [...new Set(names)];
}

function assertInstalled(name: string): void {
  const { from } = SOURCES[name]!;
  try {
    require.resolve(from);
  } catch (cause) {
    throw new PitotError("INVALID_CONFIGURATION", "OTEL_PROPAGATORS names what is not installed", {
      value: name,
      remedy: `Install ${from}, or leave it out.`,
      cause,
    });
  }
}
