import { context, diag } from "@opentelemetry/api";
import { ExportResultCode, suppressTracing } from "@opentelemetry/core";
import { addCounter } from "@pitot/core";
import { ATTR_OUTCOME } from "@pitot/semconv";
import type { SnapshotStore } from "@pitot/snapshot";
import type { DeliveryResult } from "./otlp-delegate.ts";

/** Bounds of a delivery; the defaults suit a Collector's defaults. */
export interface DeliveryBounds {
  /** Items of one request. Default 512. */
  readonly batchItems: number;
  /** Estimated bytes of one request, under the 4 MiB that a Collector takes over gRPC. Default 3 MiB. */
  readonly batchBytes: number;
  /** Requests under way at once. Default 4. */
  readonly concurrency: number;
  /** Longest time in ms that an item waits for company. Default 1,000. */
  readonly delayMs: number;
  /** Items waiting in memory. */
  readonly queueItems: number;
  /** Estimated bytes of the items waiting in memory. Default 128 MiB. */
  readonly queueBytes: number;
}

/** Items by what became of their export. */
export interface DeliveryCounts {
  readonly delivered: number;
  /** Refused by a back end for what they are. */
  readonly rejected: number;
  /** In the snapshot, undelivered. */
  readonly spooled: number;
  /** Lost: there is no snapshot. */
  readonly dropped: number;
}

type Outcome = keyof DeliveryCounts;

/** What is delivered, and who knows about it. */
export interface DeliveryKind<Item> {
  /** What the items are called, e.g. `spans`. */
  readonly name: string;
  /** Counts them by outcome. */
  readonly metric: string;
  readonly export: (items: Item[], done: (result: DeliveryResult) => void) => void;
  /** Holds the items too, and keeps the ledger of what was delivered. */
  readonly store: SnapshotStore | undefined;
  readonly confirm: (scope: string, items: Item[], rejected: number) => void;
  /** Called when items were left to the snapshot: somebody should replay them. */
  readonly onSpooled: (() => void) | undefined;
}

interface Waiting<Item> {
  readonly item: Item;
  readonly bytes: number;
  /** The run or session whose snapshot has the item. */
  readonly scope: string | undefined;
}

/** A back end that is away is asked again after this, doubled each time. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Sends items in batches bounded by count and by bytes, with a queue that takes whole bursts. While the back end is away they wait in it; what
 * it has no room for, and what waits when the time for sending is over, stays undelivered in the snapshot's ledger, to be
 * replayed. Without a snapshot the oldest are dropped, and counted.
 */
export class DeliveryQueue<Item> {
  readonly #kind: DeliveryKind<Item>;
  readonly #bounds: DeliveryBounds;
  readonly #counts: Record<Outcome, number> = { delivered: 0, rejected: 0, spooled: 0, dropped: 0 };
  #queue: Waiting<Item>[] = [];
  #head = 0;
  #bytes = 0;
  #running = 0;
  #timer: NodeJS.Timeout | undefined;
  #idle: (() => void)[] = [];
  #draining = false;
  #pause: NodeJS.Timeout | undefined;
  #pauseMs = FIRST_PAUSE_MS;
  #told = false;
  #stopped = false;

  constructor(kind: DeliveryKind<Item>, bounds: DeliveryBounds) {
    this.#kind = kind;
    this.#bounds = bounds;
  }

  get counts(): DeliveryCounts {
    return { ...this.#counts };
  }

  /** @param scope the run or session whose snapshot has the item; undefined where none has */
  add(item: Item, bytes: number, scope: string | undefined): void {
    if (this.#stopped) {
      this.#count(scope === undefined ? "dropped" : "spooled", 1);
      return;
    }
    const { queueItems, queueBytes, batchItems, delayMs } = this.#bounds;
    const waiting = this.#queue.length - this.#head;
    if (waiting > 0 && (waiting >= queueItems || this.#bytes + bytes > queueBytes)) {
      if (scope !== undefined) {
        // The snapshot has it: nothing is lost, and memory stays bounded whatever the burst.
        this.#spooled(1);
        return;
      }
      this.#bytes -= this.#queue[this.#head++]!.bytes;
      this.#count("dropped", 1);
    }
    if (scope !== undefined) this.#kind.store!.hold(scope);
    this.#queue.push({ item, bytes, scope });
    this.#bytes += bytes;
    if (this.#queue.length - this.#head >= batchItems) this.#send();
    else this.#timer ??= setTimeout(() => this.#drain(), delayMs).unref();
  }

  /** Tries everything that waits once. Resolves when nothing waits and nothing is under way; never rejects. */
  async flush(): Promise<void> {
    if (this.#head >= this.#queue.length && this.#running === 0) return;
    const done = new Promise<void>((resolve) => this.#idle.push(resolve));
    this.#resume();
    await done;
  }

  /** Leaves everything that waits to the snapshot: the time for sending is over. */
  giveUp(): void {
    this.stop();
    clearTimeout(this.#timer);
    clearTimeout(this.#pause);
    const waiting = this.#queue.slice(this.#head);
    this.#queue = [];
    this.#head = 0;
    this.#bytes = 0;
    this.#settle(waiting, "given up");
    this.#send();
  }

  /** Nothing is taken any more. */
  stop(): void {
    this.#stopped = true;
  }

  #drain(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#draining = true;
    this.#send();
  }

  #resume(): void {
    clearTimeout(this.#pause);
    this.#pause = undefined;
    this.#drain();
  }

  #send(): void {
    const { batchItems, concurrency } = this.#bounds;
    while (this.#pause === undefined && this.#running < concurrency) {
      const waiting = this.#queue.length - this.#head;
      if (waiting === 0 || (waiting < batchItems && !this.#draining)) break;
      this.#export(this.#nextBatch());
    }
    if (this.#head >= this.#queue.length && this.#running === 0) {
      this.#draining = false;
      for (const resolve of this.#idle.splice(0)) resolve();
    }
  }

  #nextBatch(): Waiting<Item>[] {
    const { batchItems, batchBytes } = this.#bounds;
    const batch: Waiting<Item>[] = [];
    for (let bytes = 0; batch.length < batchItems && this.#head < this.#queue.length;) {
      const waiting = this.#queue[this.#head]!;
      bytes += waiting.bytes;
      if (batch.length > 0 && bytes > batchBytes) break;
      batch.push(waiting);
      this.#head++;
      this.#bytes -= waiting.bytes;
    }
    if (this.#head > 4096) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    return batch;
  }

  #export(batch: Waiting<Item>[]): void {
    this.#running++;
    let answered = false;
    const done = (result: DeliveryResult): void => {
      // An exporter that answers twice must not count twice.
      if (answered) return;
      answered = true;
      this.#running--;
      this.#settle(batch, result);
      this.#send();
    };
    // A trace of the export would be exported in turn.
    context.with(suppressTracing(context.active()), () => {
      try {
        this.#kind.export(
          batch.map(({ item }) => item),
          done,
        );
      } catch (error) {
        done({ code: ExportResultCode.FAILED, error: error as Error });
      }
    });
  }

  #settle(batch: readonly Waiting<Item>[], result: DeliveryResult | "given up"): void {
    if (batch.length === 0) return;
    if (result !== "given up" && result.code === ExportResultCode.SUCCESS) {
      this.#delivered(batch, result.rejected ?? 0);
      return;
    }
    const error = result === "given up" ? undefined : result.error;
    const refused = result !== "given up" && result.refused === true;
    // Whoever flushes waits for an answer, not for a back end to come back.
    if (result !== "given up" && !refused && !this.#stopped && this.#idle.length === 0) {
      this.#tell(`${batch.length} ${this.#kind.name} could not be delivered; they are sent again`, error);
      this.#putBack(batch, result.retryAfterMs);
      return;
    }
    for (const [scope, items] of byScope(batch))
      if (scope !== undefined && this.#kind.store!.giveUp(scope, items.length)) this.#spooled(items.length);
      else this.#count("dropped", items.length);
    const fate =
      this.#kind.store === undefined ? "they are lost" : "they stay in the snapshot, to be replayed";
    this.#tell(`${batch.length} ${this.#kind.name} could not be delivered; ${fate}`, error);
  }

  #delivered(batch: readonly Waiting<Item>[], refused: number): void {
    this.#pauseMs = FIRST_PAUSE_MS;
    let rejected = Math.min(refused, batch.length);
    for (const [scope, items] of byScope(batch)) {
      // Which ones were refused the back end does not say: the numbers are right, the names are not known.
      const here = Math.min(rejected, items.length);
      rejected -= here;
      if (scope !== undefined)
        this.#kind.confirm(
          scope,
          items.map(({ item }) => item),
          here,
        );
      this.#count("delivered", items.length - here);
      this.#count("rejected", here);
    }
  }

  /** What is put back may be over the bounds of the queue, by the requests that were under way. */
  #putBack(batch: readonly Waiting<Item>[], retryAfterMs: number | undefined): void {
    this.#queue = [...batch, ...this.#queue.slice(this.#head)];
    this.#head = 0;
    for (const { bytes } of batch) this.#bytes += bytes;
    if (this.#pause !== undefined) return;
    this.#pause = setTimeout(() => this.#resume(), retryAfterMs ?? this.#pauseMs).unref();
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
  }

  #spooled(items: number): void {
    this.#count("spooled", items);
    this.#kind.onSpooled?.();
  }

  #tell(what: string, error: unknown): void {
    if (this.#told) return;
    this.#told = true;
    diag.warn(`pitot: ${what}; later failures are counted in ${this.#kind.metric} only`, error);
  }

  #count(outcome: Outcome, items: number): void {
    if (items === 0) return;
    this.#counts[outcome] += items;
    addCounter(this.#kind.metric, items, { [ATTR_OUTCOME]: outcome });
  }
}

function byScope<Item>(batch: readonly Waiting<Item>[]): Map<string | undefined, Waiting<Item>[]> {
  const groups = new Map<string | undefined, Waiting<Item>[]>();
  for (const waiting of batch) {
    const group = groups.get(waiting.scope);
    if (group === undefined) groups.set(waiting.scope, [waiting]);
    else group.push(waiting);
  }
  return groups;
}
