import type { RowPlace } from "@pitot/snapshot";
import { RequestParts, type RequestBounds } from "./request-bounds.ts";

/** An item that is to be sent. */
export interface Waiting<Item> {
  readonly item: Item;
  readonly bytes: number;
  /** Where the snapshot has it; undefined where none has. */
  readonly place: RowPlace | undefined;
  /** It was read back from there. */
  readonly replayed: boolean;
}

/** Items in the order in which they are sent, counted and weighed. */
export class WaitingItems<Item> {
  #items: Waiting<Item>[] = [];
  #head = 0;
  #bytes = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(waiting: Waiting<Item>): void {
    this.#items.push(waiting);
    this.#bytes += waiting.bytes;
  }

  /** They are sent before all others. */
  putBack(batch: readonly Waiting<Item>[]): void {
    this.#items = [...batch, ...this.#items.slice(this.#head)];
    this.#head = 0;
    for (const { bytes } of batch) this.#bytes += bytes;
  }

  /** The items of the next request. */
  take(bounds: RequestBounds): Waiting<Item>[] {
    const request = new RequestParts<Waiting<Item>>(bounds);
    while (this.#head < this.#items.length) {
      const next = this.#items[this.#head]!;
      if (!request.add(next, next.bytes)) break;
      this.#head++;
      this.#bytes -= next.bytes;
    }
    if (this.#head > 4096) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return request.parts;
  }

  takeAll(): Waiting<Item>[] {
    return this.take({ batchItems: Infinity, batchBytes: Infinity });
  }
}
