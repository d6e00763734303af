import { diag } from "@opentelemetry/api";
import { ExportResultCode } from "@opentelemetry/core";
import type { Resource } from "@opentelemetry/resources";
import { addCounter } from "@pitot/core";
import { ATTR_OUTCOME } from "@pitot/semconv";
import type { RowPlace, SentTable, SnapshotStore } from "@pitot/snapshot";
import type { OrdinalRanges } from "@pitot/snapshot/ordinal-ranges";
import { exportUntraced } from "./export-untraced.ts";
import type { DeliveryResult } from "./otlp-delegate.ts";
import type { RequestBounds } from "./request-bounds.ts";
import { SpooledPlaces } from "./spooled-places.ts";
import { SpoolReader, type StoredItem } from "./spool-reader.ts";
import { WaitingItems, type Waiting } from "./waiting-items.ts";

/** Bounds of a delivery; the defaults suit a Collector's defaults. */
export interface DeliveryBounds extends RequestBounds {
  /** Requests under way at once. */
  readonly concurrency: number;
  /** Longest time in ms that an item waits for company. */
  readonly delayMs: number;
  /** Items waiting in memory. */
  readonly queueItems: number;
  /** Estimated bytes of the items waiting in memory. */
  readonly queueBytes: number;
}

/** Items by what became of their export. */
export interface DeliveryCounts {
  readonly delivered: number;
  /** Refused by a back end for what they are. */
  readonly rejected: number;
  /** Left to the snapshot, undelivered. */
  readonly spooled: number;
  /** Of those, delivered later by this process. */
  readonly replayed: number;
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
  /** Its table of them. */
  readonly table: SentTable;
  /** Items of these ordinals in the folder of a run or session. */
  readonly read: (folder: string, seqs: OrdinalRanges) => AsyncIterable<StoredItem<Item>[]>;
  /** Called when items were left to the snapshot: those of a run that has ended somebody else should replay. */
  readonly onSpooled: (() => void) | undefined;
}

/** A back end that is away is asked again after this, doubled each time. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Sends items in batches bounded by count and by bytes, with a queue that takes whole bursts. While the back end is away they wait in it; what
 * it has no room for is left to the snapshot, and read back from there once the back end answers and half of the queue is free. What waits
 * when the time for sending is over stays undelivered in the snapshot's ledger, to be replayed. Without a snapshot the oldest are dropped, and
 * counted.
 */
export class DeliveryQueue<Item extends { readonly resource: Resource }> {
  readonly #kind: DeliveryKind<Item>;
  readonly #bounds: DeliveryBounds;
  readonly #counts: Record<Outcome, number> = {
    delivered: 0,
    rejected: 0,
    spooled: 0,
    replayed: 0,
    dropped: 0,
  };
  readonly #waiting = new WaitingItems<Item>();
  readonly #spool: SpoolReader<Item> | undefined;
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
    const { store, read } = kind;
    if (store === undefined) return;
    this.#spool = new SpoolReader({
      store,
      read,
      hasRoom: () =>
        this.#waiting.length < bounds.queueItems / 2 && this.#waiting.bytes < bounds.queueBytes / 2,
      put: (waiting) => this.#put(waiting),
      onLeft: () => kind.onSpooled?.(),
      askAgainMs: LONGEST_PAUSE_MS,
    });
  }

  get counts(): DeliveryCounts {
    return { ...this.#counts };
  }

  /** @param place where the snapshot has the item; undefined where none has */
  add(item: Item, bytes: number, place: RowPlace | undefined): void {
    if (this.#stopped) {
      this.#count(place === undefined ? "dropped" : "spooled", 1);
      return;
    }
    const held = place === undefined ? "not there" : this.#kind.store!.hold(place.scopeId);
    if (held === "left to others") {
      // It waited for longer than its run was held: whoever replays that may be sending it by now.
      this.#spooled([], 1);
      return;
    }
    const { queueItems, queueBytes } = this.#bounds;
    const { length } = this.#waiting;
    if (length > 0 && (length >= queueItems || this.#waiting.bytes + bytes > queueBytes)) {
      if (place !== undefined && held === "held") {
        // The snapshot has it: nothing is lost, and memory stays bounded whatever the burst.
        this.#kind.store!.giveUp(place.scopeId, 1);
        this.#spooled([place], 1);
        return;
      }
      this.#settle(this.#waiting.take({ batchItems: 1, batchBytes: Infinity }), "given up");
    }
    this.#put({ item, bytes, place: held === "held" ? place : undefined, replayed: false });
  }

  /** Takes over items of the snapshot that nobody had room for before. */
  addSpooled(places: SpooledPlaces, items: number): void {
    if (items === 0) return;
    this.#spool?.addAll(places);
    this.#count("spooled", items);
    this.#kind.onSpooled?.();
  }

  /** Tries everything that waits in memory once. Resolves when nothing waits and nothing is under way; never rejects. */
  async flush(): Promise<void> {
    if (this.#waiting.length === 0 && this.#running === 0) return;
    const done = new Promise<void>((resolve) => this.#idle.push(resolve));
    this.#resume();
    await done;
  }

  /** Leaves everything that waits to the snapshot: the time for sending is over. */
  giveUp(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#pause);
    void this.#spool?.stop();
    this.#settle(this.#waiting.takeAll(), "given up");
    this.#send();
  }

  /** Nothing is read back from the snapshot any more: when this resolves, others may replay what is left there. */
  async leaveSpool(): Promise<void> {
    await this.#spool?.stop();
    await this.flush();
  }

  /** Sends what waits in memory, and leaves the rest to a replay; nothing is taken any more. */
  async end(): Promise<void> {
    await this.leaveSpool();
    this.#stopped = true;
  }

  #put(waiting: Waiting<Item>): void {
    const { batchItems, delayMs } = this.#bounds;
    this.#waiting.push(waiting);
    if (this.#waiting.length >= batchItems) this.#send();
    else this.#timer ??= setTimeout(() => this.#drain(), delayMs).unref();
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
      const { length } = this.#waiting;
      if (length === 0 || (length < batchItems && !this.#draining)) break;
      this.#export(this.#waiting.take(this.#bounds));
    }
    this.#spool?.roomMade();
    if (this.#waiting.length === 0 && this.#running === 0) {
      this.#draining = false;
      for (const resolve of this.#idle.splice(0)) resolve();
    }
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
    const items = batch.map(({ item }) => item);
    const send = (): void => exportUntraced(this.#kind.export, items, done);
    // Whose process they are of, detectors may still be finding out.
    const pending = items.find(({ resource }) => resource.asyncAttributesPending === true)?.resource;
    if (pending?.waitForAsyncAttributes === undefined) send();
    else void pending.waitForAsyncAttributes().then(send, send);
  }

  #settle(batch: readonly Waiting<Item>[], result: DeliveryResult | "given up"): void {
    if (batch.length === 0) return;
    if (result !== "given up" && result.code === ExportResultCode.SUCCESS) {
      this.#delivered(batch, result.rejected ?? 0);
      return;
    }
    const error = result === "given up" ? undefined : result.error;
    const refused = result !== "given up" && result.refused === true;
    if (result !== "given up" && !refused) this.#spool?.backEndIsAway();
    // Whoever flushes waits for an answer, not for a back end to come back.
    if (result !== "given up" && !refused && !this.#stopped && this.#idle.length === 0) {
      this.#tell(`${batch.length} ${this.#kind.name} could not be delivered; they are sent again`, error);
      this.#putBack(batch, result.retryAfterMs);
      return;
    }
    for (const [scope, items] of byScope(batch))
      if (scope !== undefined && this.#kind.store!.giveUp(scope, items.length)) {
        // What a back end has refused for what it is, it is not asked again while this run lives.
        const places = refused ? [] : items.map(({ place }) => place!);
        this.#spooled(places, items.filter(({ replayed }) => !replayed).length);
      } else this.#count("dropped", items.length);
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
      if (scope !== undefined) {
        const seqs = items.map(({ place }) => place!.seq);
        this.#kind.store!.confirm(this.#kind.table, scope, seqs, here);
      }
      const taken = items.length - here;
      const replayed = Math.min(taken, items.filter((item) => item.replayed).length);
      this.#count("delivered", taken - replayed);
      this.#count("replayed", replayed);
      this.#count("rejected", here);
    }
    this.#spool?.backEndAnswers();
  }

  /** What is put back may be over the bounds of the queue, by the requests that were under way. */
  #putBack(batch: readonly Waiting<Item>[], retryAfterMs: number | undefined): void {
    this.#waiting.putBack(batch);
    if (this.#pause !== undefined) return;
    this.#pause = setTimeout(() => this.#resume(), retryAfterMs ?? this.#pauseMs).unref();
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
  }

  #spooled(places: readonly RowPlace[], news: number): void {
    for (const place of places) this.#spool?.add(place);
    this.#count("spooled", news);
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
    const group = groups.get(waiting.place?.scopeId);
    if (group === undefined) groups.set(waiting.place?.scopeId, [waiting]);
    else group.push(waiting);
  }
  return groups;
}
