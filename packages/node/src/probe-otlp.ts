import { createRequire } from "node:module";
import { ROOT_CONTEXT } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { otlpExporters } from "./otlp-exporters.ts";
import { resourceOf } from "./sdk-environment.ts";

/** What a back end answered to one span. */
export interface OtlpProbe {
  readonly endpoint: string;
  readonly protocol: string;
  readonly delivered: boolean;
  readonly traceId: string;
  readonly error?: string;
}

const require = createRequire(import.meta.url);

/** Sends one real span, `pitot doctor`, to where traces would go, and tells what was answered. Never throws. */
export async function probeOtlp(timeoutMs: number = 5000): Promise<OtlpProbe> {
  const env = process.env;
  const base = (env["OTEL_EXPORTER_OTLP_ENDPOINT"] || "http://localhost:4318").replace(/\/$/, "");
  const endpoint = env["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] || `${base}/v1/traces`;
  const protocol = env["OTEL_EXPORTER_OTLP_PROTOCOL"] || "http/protobuf";
  const { TracerProvider } = require("@opentelemetry/sdk-trace") as typeof import("@opentelemetry/sdk-trace");
  let ended: ReadableSpan | undefined;
  const provider = new TracerProvider({
    resource: resourceOf(env["OTEL_SERVICE_NAME"] || "pitot doctor"),
    spanProcessors: [
      {
        onStart: () => {},
        onEnd: (span) => {
          ended = span;
        },
        forceFlush: async () => {},
        shutdown: async () => {},
      },
    ],
  });
  const span = provider.getTracer("pitot").startSpan("pitot doctor", {}, ROOT_CONTEXT);
  span.end();
  const answer = { endpoint, protocol, traceId: span.spanContext().traceId };
  try {
    const exporters = otlpExporters();
    const result = await new Promise<{ code: number; error?: Error }>((done) => {
      const timer = setTimeout(
        () => done({ code: 1, error: new Error(`no answer within ${timeoutMs} ms`) }),
        timeoutMs,
      );
      exporters.traces.export([ended!], (given) => {
        clearTimeout(timer);
        done(given);
      });
    });
    exporters.abort();
    return result.code === 0
      ? { ...answer, delivered: true }
      : { ...answer, delivered: false, error: reason(result.error) };
  } catch (error) {
    return { ...answer, delivered: false, error: reason(error) };
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return "refused";
  const { code } = error as { code?: unknown };
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : "";
  return `${error.message || String(code ?? error.name)}${cause}`;
}
