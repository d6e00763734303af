import { diag } from "@opentelemetry/api";
import type { RowPlace, SnapshotStore } from "@pitot/snapshot";
import type { OrdinalRanges } from "@pitot/snapshot/ordinal-ranges";
import { SpooledPlaces } from "./spooled-places.ts";
import type { Waiting } from "./waiting-items.ts";

/** An item as the snapshot has it. */
export interface StoredItem<Item> {
  readonly item: Item;
  readonly bytes: number;
  readonly seq: number;
}

/** Where items come from, and where they go. */
export interface SpoolSetup<Item> {
  readonly store: SnapshotStore;
  readonly read: (folder: string, seqs: OrdinalRanges) => AsyncIterable<StoredItem<Item>[]>;
  readonly hasRoom: () => boolean;
  readonly put: (waiting: Waiting<Item>) => void;
  /** Called where items stay in the snapshot after all. */
  readonly onLeft: () => void;
  /** A back end that is away, and that nothing is sent to, is tried again after this. */
  readonly askAgainMs: number;
}

/**
 * Reads back what a queue has left to the snapshot, while its run lives: a batch at a time, as the queue has room, and as the back end answers.
 * What it reads is held, so that nobody else sends it; of a run that has been let go of since, nothing is read: others replay that.
 */
export class SpoolReader<Item> {
  readonly #setup: SpoolSetup<Item>;
  readonly #places = new SpooledPlaces();
  #reading: Promise<void> | undefined;
  #goOn: (() => void) | undefined;
  #away = false;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(setup: SpoolSetup<Item>) {
    this.#setup = setup;
  }

  add(place: RowPlace): void {
    this.#places.add(place);
  }

  addAll(places: SpooledPlaces): void {
    this.#places.merge(places);
    this.roomMade();
  }

  roomMade(): void {
    if (this.#away || this.#stopped || !this.#setup.hasRoom()) return;
    if (this.#goOn !== undefined) this.#goOn();
    else if (this.#reading === undefined && !this.#places.empty)
      this.#reading = this.#readAll().finally(() => {
        this.#reading = undefined;
      });
  }

  backEndAnswers(): void {
    this.#away = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  backEndIsAway(): void {
    this.#away = true;
    if (this.#stopped) return;
    this.#timer ??= setTimeout(() => {
      this.backEndAnswers();
      this.roomMade();
    }, this.#setup.askAgainMs).unref();
  }

  /** Resolves when nothing more is read; never rejects. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#goOn?.();
    await this.#reading;
  }

  async #readAll(): Promise<void> {
    for (let next = this.#places.take(); next !== undefined && !this.#stopped; next = this.#places.take())
      try {
        await this.#readScope(next.scopeId, next.seqs);
      } catch (error) {
        diag.warn(
          `pitot: what was left to the snapshot of ${next.scopeId} is not sent before its end`,
          error,
        );
      }
  }

  async #readScope(scopeId: string, seqs: OrdinalRanges): Promise<void> {
    const { store, read, put, onLeft } = this.#setup;
    let held = seqs.size;
    if (store.hold(scopeId, held) !== "held") {
      onLeft();
      return;
    }
    try {
      for await (const items of read(store.held(scopeId) ?? "", seqs))
        for (const { item, bytes, seq } of items) {
          if (this.#mustWait()) await this.#room();
          if (this.#stopped) return;
          held--;
          put({ item, bytes, place: { scopeId, seq }, replayed: true });
        }
    } finally {
      // What the disk did not take is not there, and what was not read is left to a replay.
      if (held > 0) {
        store.giveUp(scopeId, held);
        onLeft();
      }
    }
  }

  #mustWait(): boolean {
    return !this.#stopped && (this.#away || !this.#setup.hasRoom());
  }

  async #room(): Promise<void> {
    while (this.#mustWait())
      await new Promise<void>((resolve) => {
        this.#goOn = resolve;
      });
    this.#goOn = undefined;
  }
}
