import { diag } from "@opentelemetry/api";
import { addCounter } from "@pitot/core";
import { ATTR_OUTCOME } from "@pitot/semconv";
import { snapshotPlaceOf } from "./snapshot-place.ts";
import { SpooledPlaces } from "./spooled-places.ts";

/** A processor that is loaded late. */
export interface LateProcessor {
  /** Takes over items of the snapshot that nobody had room for before. */
  addSpooled(places: SpooledPlaces, items: number): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

/** What is deferred, and to whom. */
export interface DeferredKind<Item, Processor extends LateProcessor> {
  /** What the items are called, e.g. `spans`. */
  readonly name: string;
  /** Counts them by outcome. */
  readonly metric: string;
  /** Items that wait at most; of what is beyond, only its place in the snapshot is kept. */
  readonly limit: number;
  /** Begins with the first item. May answer undefined: then items go nowhere from here. */
  readonly load: () => Promise<Processor | undefined>;
  readonly hand: (processor: Processor, item: Item) => void;
}

/** Keeps items until the processor that sends them is loaded, which begins with the first of them. */
export class DeferredItems<Item extends object, Processor extends LateProcessor> {
  readonly #kind: DeferredKind<Item, Processor>;
  #loading: Promise<void> | undefined;
  #waiting: Item[] | undefined = [];
  #spooled = { places: new SpooledPlaces(), items: 0 };
  #processor: Processor | undefined;

  constructor(kind: DeferredKind<Item, Processor>) {
    this.#kind = kind;
  }

  add(item: Item): void {
    const { limit, hand } = this.#kind;
    if (this.#waiting === undefined) {
      if (this.#processor !== undefined) hand(this.#processor, item);
      return;
    }
    if (this.#waiting.length < limit) this.#waiting.push(item);
    else this.#leave(item);
    this.#loading ??= this.#load();
  }

  async forceFlush(): Promise<void> {
    await this.#loading;
    await this.#processor?.forceFlush();
  }

  async shutdown(): Promise<void> {
    await this.#loading;
    await this.#processor?.shutdown();
  }

  #leave(item: Item): void {
    const place = snapshotPlaceOf(item);
    if (place === undefined) addCounter(this.#kind.metric, 1, { [ATTR_OUTCOME]: "dropped" });
    else {
      this.#spooled.places.add(place);
      this.#spooled.items++;
    }
  }

  async #load(): Promise<void> {
    const { load, hand, name, metric } = this.#kind;
    let failed = false;
    try {
      this.#processor = await load();
    } catch (error) {
      failed = true;
      diag.error(`pitot: ${name} cannot be delivered`, error);
    }
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    if (this.#processor !== undefined) {
      for (const item of waiting) hand(this.#processor, item);
      this.#processor.addSpooled(this.#spooled.places, this.#spooled.items);
    } else if (failed) {
      for (const item of waiting) this.#leave(item);
      addCounter(metric, this.#spooled.items, { [ATTR_OUTCOME]: "spooled" });
    }
    this.#spooled = { places: new SpooledPlaces(), items: 0 };
  }
}
