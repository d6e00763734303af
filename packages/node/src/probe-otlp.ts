import { createRequire } from "node:module";
import { ROOT_CONTEXT } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { deliveryResult, type OtlpSerializer } from "./otlp-delegate.ts";
import { otlpExporters, otlpSerializer } from "./otlp-exporters.ts";
import { otlpProtocol } from "./otlp-protocol.ts";
import { OtlpStatusError } from "./otlp-sender.ts";
import { resourceOf } from "./sdk-environment.ts";

/** What a back end answered to one span. */
export interface OtlpProbe {
  readonly endpoint: string;
  readonly protocol: string;
  readonly delivered: boolean;
  readonly traceId: string;
  readonly error?: string;
  /** An HTTP status, or the code of a fault below it: `401`, `ECONNREFUSED`, `HPE_INVALID_CONSTANT`. */
  readonly code?: string;
}

const require = createRequire(import.meta.url);

/** Sends one real span, `pitot doctor`, to where traces would go, and tells what was answered; it tries once. Never throws. */
export async function probeOtlp(timeoutMs: number = 5000): Promise<OtlpProbe> {
  const env = process.env;
  const base = (env["OTEL_EXPORTER_OTLP_ENDPOINT"] || "http://localhost:4318").replace(/\/$/, "");
  const endpoint = env["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] || `${base}/v1/traces`;
  const protocol = otlpProtocol("traces");
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
  // The sender's sockets let a process end, and this one is to have the answer.
  const awake = setTimeout(() => {}, timeoutMs);
  try {
    const { senders, encodings } = otlpExporters();
    const serializer: OtlpSerializer<ReadableSpan[]> = otlpSerializer("traces", encodings.traces);
    const outcome = await senders.traces.sendOnce(serializer.serializeRequest([ended!])!, timeoutMs);
    if (outcome.kind !== "accepted") return { ...answer, ...failure(outcome.error) };
    if (outcome.answer[0] === "<".charCodeAt(0))
      return {
        ...answer,
        delivered: false,
        error: "it answered with a page, which no OTLP back end does",
        code: "404",
      };
    const { rejected = 0 } = deliveryResult(outcome, serializer);
    return rejected === 0
      ? { ...answer, delivered: true }
      : { ...answer, delivered: false, error: "it took the request and refused the span" };
  } catch (error) {
    return { ...answer, ...failure(error) };
  } finally {
    clearTimeout(awake);
  }
}

function failure(error: unknown): Pick<OtlpProbe, "delivered" | "error" | "code"> {
  if (!(error instanceof Error)) return { delivered: false, error: String(error) };
  // Of a host with several addresses there is an error for each, and no message.
  const [first = error] = error instanceof AggregateError ? (error.errors as Error[]) : [];
  const code = first instanceof OtlpStatusError ? String(first.status) : (first as { code?: string }).code;
  return {
    delivered: false,
    error: first.message || error.message || error.name,
    ...(code === undefined ? {} : { code }),
  };
}
