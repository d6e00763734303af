import { createRequire } from "node:module";
import { ProxyTracerProvider, trace, type Context } from "@opentelemetry/api";
import type { SpanProcessor } from "@opentelemetry/sdk-trace";
import type { SnapshotStore } from "@pitot/snapshot/store";
import type { LateDelivery } from "./late-delivery.ts";
import { startLazySdk, type LazySdk } from "./lazy-sdk.ts";
import type { PitotOptions } from "./pitot-options.ts";
import { ProcessContextManager } from "./process-context.ts";
import { SnapshotLogProcessor } from "./snapshot-log-processor.ts";

const require = createRequire(import.meta.url);

/** Registers providers of our own, which hand spans, metrics and log records to snapshot and delivery. */
export function startSdk(
  options: PitotOptions,
  store: SnapshotStore | undefined,
  snapshot: SpanProcessor,
  delivery: LateDelivery,
  processContext: () => Context,
): LazySdk {
  const { AsyncLocalStorageContextManager } =
    require("@opentelemetry/context-async-hooks") as typeof import("@opentelemetry/context-async-hooks");
  const readers = options.metricReaders ?? [];
  const { metricReaders, logRecordProcessors } = delivery;
  return startLazySdk({
    ...(options.serviceName === undefined ? {} : { serviceName: options.serviceName }),
    contextManager: new ProcessContextManager(new AsyncLocalStorageContextManager(), processContext),
    spanProcessors: [snapshot, ...delivery.spanProcessors],
    ...(metricReaders === undefined && readers.length === 0
      ? {}
      : { metricReaders: () => [...readers, ...(metricReaders?.() ?? [])] }),
    ...(logRecordProcessors === undefined && store === undefined
      ? {}
      : {
          logRecordProcessors: () => [
            ...(store === undefined ? [] : [new SnapshotLogProcessor(store)]),
            ...(logRecordProcessors?.() ?? []),
          ],
        }),
  });
}

/** True where `OTEL_SDK_DISABLED` turns telemetry off. */
export function isDisabled(): boolean {
  return process.env["OTEL_SDK_DISABLED"]?.trim().toLowerCase() === "true";
}

/** True where the application, or an agent before us, has registered a tracer provider. */
export function hasProvider(): boolean {
  const provider = trace.getTracerProvider();
  if (!(provider instanceof ProxyTracerProvider)) return true;
  return provider.getDelegate().constructor.name !== "NoopTracerProvider";
}
