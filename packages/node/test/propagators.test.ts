import { createRequire } from "node:module";
import { defaultTextMapGetter, defaultTextMapSetter, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { PitotError } from "@pitot/core";
import { describe, expect, it } from "vitest";
import { lazyPropagator } from "../src/propagators.ts";

const at = trace.setSpanContext(ROOT_CONTEXT, {
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "b7ad6b7169203331",
  traceFlags: 1,
});

describe("OTEL_PROPAGATORS", () => {
  it.each([
    [undefined, ["traceparent"]],
    ["", ["traceparent"]],
    ["tracecontext", ["traceparent"]],
    ["b3", ["b3"]],
    ["b3multi", ["x-b3-traceid", "x-b3-spanid", "x-b3-sampled"]],
    ...(hasJaeger() ? [["jaeger", ["uber-trace-id"]] as [string, string[]]] : []),
    [" b3 , tracecontext,b3", ["b3", "traceparent"]],
    ["none", []],
  ] as [string | undefined, string[]][])(
    "%s writes what others understand, and reads it",
    (text, headers) => {
      const carrier: Record<string, string> = {};
      const propagator = lazyPropagator(text);
      propagator.inject(at, carrier, defaultTextMapSetter);
      expect(Object.keys(carrier).map((name) => name.toLowerCase())).toEqual(headers);
      const read = propagator.extract(ROOT_CONTEXT, carrier, defaultTextMapGetter);
      expect(trace.getSpanContext(read)?.traceId).toBe(
        headers.length === 0 ? undefined : "0af7651916cd43dd8448eb211c80319c",
      );
    },
  );

  it("names what it does not know", () => {
    const refused = (): unknown => lazyPropagator("b3,pigeon");
    expect(refused).toThrow(PitotError);
    expect(refused).toThrow(
      /OTEL_PROPAGATORS .*"pigeon".* tracecontext, baggage, b3, b3multi, jaeger or none/,
    );
  });
});

/** Newer lines of OpenTelemetry have it no more. */
function hasJaeger(): boolean {
  try {
    createRequire(import.meta.url).resolve("@opentelemetry/propagator-jaeger");
    return true;
  } catch {
    return false;
  }
}
