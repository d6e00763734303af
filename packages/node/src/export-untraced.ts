import { context } from "@opentelemetry/api";
import { ExportResultCode, suppressTracing } from "@opentelemetry/core";
import type { DeliveryResult } from "./otlp-delegate.ts";

/** Exports items outside any trace, since one of the export would be exported in turn. What the exporter throws counts as its answer. */
export function exportUntraced<Item>(
  send: (items: Item[], done: (result: DeliveryResult) => void) => void,
  items: Item[],
  done: (result: DeliveryResult) => void,
): void {
  context.with(suppressTracing(context.active()), () => {
    try {
      send(items, done);
    } catch (error) {
      done({ code: ExportResultCode.FAILED, error: error as Error });
    }
  });
}
