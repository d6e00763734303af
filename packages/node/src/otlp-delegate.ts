import { diag } from "@opentelemetry/api";
import { ExportResultCode, type ExportResult } from "@opentelemetry/core";
import type { OtlpOutcome, OtlpSender } from "./otlp-sender.ts";

/** What an export came to, beyond success and failure. */
export interface DeliveryResult extends ExportResult {
  /** Of a success: items that the back end has refused for what they are. It must not be sent them again, and does not say which. */
  readonly rejected?: number;
  /** Of a failure: the back end will never take these items. */
  readonly refused?: boolean;
  /** Of a failure: when the back end wants to be asked again. */
  readonly retryAfterMs?: number;
}

/** The OTLP encoding of one signal. */
export interface OtlpSerializer<Items> {
  serializeRequest(items: Items): Uint8Array | undefined;
  deserializeResponse(bytes: Uint8Array): unknown;
}

/** What a Collector takes over gRPC by default, and other receivers too. */
const LONGEST_REQUEST = 4 << 20;

/**
 * Exports the items of one signal: what the exporters of the SDK call. Requests over 4 MiB are halved, partial success is understood, and
 * what could not be sent is handed to `onUndelivered` as it would have been sent.
 */
export class OtlpDelegate<Items> {
  readonly #serializer: OtlpSerializer<Items>;
  readonly #sender: OtlpSender;
  readonly #onUndelivered: ((body: Uint8Array) => void) | undefined;
  readonly #underWay = new Set<Promise<void>>();

  constructor(
    serializer: OtlpSerializer<Items>,
    sender: OtlpSender,
    onUndelivered?: (body: Uint8Array) => void,
  ) {
    this.#serializer = serializer;
    this.#sender = sender;
    this.#onUndelivered = onUndelivered;
  }

  export(items: Items, done: (result: DeliveryResult) => void): void {
    const work = this.#send(items)
      .catch((error: unknown): DeliveryResult => ({ code: ExportResultCode.FAILED, error: error as Error }))
      .then((result) => {
        this.#underWay.delete(work);
        done(result);
      });
    this.#underWay.add(work);
  }

  async forceFlush(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async shutdown(): Promise<void> {
    await this.forceFlush();
  }

  /** Part of the SDK's interface: metrics about exports. Pitot's own are `pitot.export.spans`. */
  setMetrics(): void {}

  async #send(items: Items): Promise<DeliveryResult> {
    const body = this.#serializer.serializeRequest(items);
    if (body === undefined) throw new Error("there is nothing to send");
    if (body.length > LONGEST_REQUEST && Array.isArray(items) && items.length > 1) {
      const middle = items.length >> 1;
      const first = await this.#send(items.slice(0, middle) as Items);
      const second = await this.#send(items.slice(middle) as Items);
      return merge(first, second);
    }
    const outcome = await this.#sender.send(body);
    if (outcome.kind !== "accepted") this.#onUndelivered?.(body);
    return deliveryResult(outcome, this.#serializer);
  }
}

/** An outcome as exporters report it. */
export function deliveryResult(
  outcome: OtlpOutcome,
  serializer: Pick<OtlpSerializer<never>, "deserializeResponse">,
): DeliveryResult {
  switch (outcome.kind) {
    case "accepted":
      return { code: ExportResultCode.SUCCESS, rejected: rejectedOf(outcome.answer, serializer) };
    case "refused":
      return { code: ExportResultCode.FAILED, error: outcome.error, refused: true };
    case "barred":
      return { code: ExportResultCode.FAILED, error: outcome.error };
    case "unavailable":
      return {
        code: ExportResultCode.FAILED,
        error: outcome.error,
        ...(outcome.retryAfterMs === undefined ? {} : { retryAfterMs: outcome.retryAfterMs }),
      };
  }
}

/** Both halves of one export: it failed where one did. A half that was delivered is then sent again; ids are stable. */
function merge(first: DeliveryResult, second: DeliveryResult): DeliveryResult {
  if (first.code !== ExportResultCode.SUCCESS) return first;
  if (second.code !== ExportResultCode.SUCCESS) return second;
  return { ...first, rejected: (first.rejected ?? 0) + (second.rejected ?? 0) };
}

interface PartialSuccess {
  readonly rejectedSpans?: unknown;
  readonly rejectedDataPoints?: unknown;
  readonly rejectedLogRecords?: unknown;
  readonly errorMessage?: string | null;
}

function rejectedOf(
  answer: Uint8Array,
  serializer: Pick<OtlpSerializer<never>, "deserializeResponse">,
): number {
  if (answer.length === 0) return 0;
  try {
    const response = serializer.deserializeResponse(answer) as { partialSuccess?: PartialSuccess | null };
    const part = response.partialSuccess ?? {};
    const told = Number(part.rejectedSpans ?? part.rejectedDataPoints ?? part.rejectedLogRecords ?? 0);
    // Whatever a back end makes of its numbers, items are counted.
    const rejected = told > 0 ? Math.ceil(told) : 0;
    if (rejected > 0 || part.errorMessage)
      diag.warn(`pitot: the back end refused ${rejected} items of a request: ${part.errorMessage ?? ""}`);
    return rejected;
  } catch {
    // The status said that all is well; some back ends answer text.
    return 0;
  }
}
