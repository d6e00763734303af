import type { Context } from "@opentelemetry/api";
import type { ReadableSpan, Span, SpanProcessor } from "@opentelemetry/sdk-trace";
import { runIdOf } from "@pitot/core";
import { ATTR_ABORTED, ATTR_RUN_ID } from "@pitot/semconv";
import type { SnapshotStore } from "@pitot/snapshot";
import { keptAt } from "./snapshot-place.ts";
import { spanRow } from "./span-to-row.ts";

/**
 * Stamps the id of the active run on every span that begins inside it, and keeps spans in the snapshot: finished ones, and those that are
 * open should the process die. Add it to the `spanProcessors` of a NodeSDK of your own, before the one that sends.
 */
export class SnapshotSpanProcessor implements SpanProcessor {
  readonly #store: SnapshotStore | undefined;

  /** @param store left out, spans are stamped and not kept */
  constructor(store?: SnapshotStore) {
    this.#store = store;
  }

  onStart(span: Span, parent: Context): void {
    const runId = runIdOf(parent);
    // That of a run that begins is there already: it is in no context yet.
    const opensRun = span.attributes[ATTR_RUN_ID];
    if (runId !== undefined) span.setAttribute(ATTR_RUN_ID, runId);
    this.#store?.spanStarted({
      spanId: span.spanContext().spanId,
      opensRun: typeof opensRun === "string" && opensRun !== runId ? opensRun : undefined,
      version: () => span.events.length + Object.keys(span.attributes).length,
      row: () => spanRow(span),
      abort: () => {
        span.setAttribute(ATTR_ABORTED, true);
        span.end();
      },
    });
  }

  onEnd(span: ReadableSpan): void {
    if (this.#store === undefined) return;
    keptAt(span, this.#store.addSpan(spanRow(span)));
  }

  async forceFlush(): Promise<void> {
    this.#store?.flush();
  }

  async shutdown(): Promise<void> {
    this.#store?.flush();
  }
}
