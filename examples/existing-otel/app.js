// An application that has an OpenTelemetry SDK of its own. Pitot attaches to it: runs become spans of the application's
// provider, below the application's spans, and the snapshot is kept beside it.
import { trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { ConsoleSpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace";
import { startPitot, trackedRun } from "pitot";

// To a Collector where one is named, else to the console.
const exporter = process.env["OTEL_EXPORTER_OTLP_ENDPOINT"]
  ? new OTLPTraceExporter()
  : new ConsoleSpanExporter();
const sdk = new NodeSDK({
  serviceName: "existing",
  spanProcessors: [new SimpleSpanProcessor({ exporter })],
  metricReaders: [],
  logRecordProcessors: [],
});
sdk.start();

const pitot = await startPitot();
console.log(`pitot ${pitot.mode}`); // pitot attached

await trace.getTracer("app").startActiveSpan("request", async (span) => {
  await trackedRun({ label: "report" }, async (run) => run.recordEvent("report_made", { pages: 3 }));
  span.end();
});

await pitot.shutdown(); // leaves the application's SDK alone
await sdk.shutdown();
