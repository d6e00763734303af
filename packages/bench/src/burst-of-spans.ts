import { ExportResultCode } from "@opentelemetry/core";
import {
  TracerProvider,
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
  type SpanProcessor,
} from "@opentelemetry/sdk-trace";
import { DeliverySpanProcessor } from "@pitot/node";
import type { BenchResult } from "./bench-result.ts";

const SPANS = 20_000;

/** Row 9: spans that arrive at an exporter of 5 ms when 20,000 end in one tick; ours against the SDK's batch processor. */
export async function burstOfSpans(): Promise<BenchResult> {
  const ours = await delivered((exporter) => new DeliverySpanProcessor(exporter));
  const peer = await delivered((exporter) => new BatchSpanProcessor({ exporter }));
  return {
    row: 9,
    name: "20,000 spans in one tick",
    ours,
    peer,
    peerName: "BatchSpanProcessor",
    unit: "spans",
    ratio: ours / peer,
    goal: "20000 delivered",
    met: ours === SPANS,
  };
}

async function delivered(make: (exporter: SpanExporter) => SpanProcessor): Promise<number> {
  const seen = new Set<string>();
  const exporter: SpanExporter = {
    export: (spans: ReadableSpan[], done) => {
      for (const span of spans) seen.add(span.spanContext().spanId);
      setTimeout(() => done({ code: ExportResultCode.SUCCESS }), 5);
    },
    shutdown: async () => {},
  };
  const provider = new TracerProvider({ spanProcessors: [make(exporter)] });
  const tracer = provider.getTracer("bench");
  for (let i = 0; i < SPANS; i++) tracer.startSpan("span").end();
  await provider.shutdown();
  return seen.size;
}
