import type { Resource } from "@opentelemetry/resources";
import type { RowPlace, SentTable, SnapshotStore } from "@pitot/snapshot";
import type { OrdinalRanges } from "@pitot/snapshot/ordinal-ranges";
import type { DeliveryResult } from "./otlp-delegate.ts";
import type { RequestBounds } from "./request-bounds.ts";
import { SpooledPlaces } from "./spooled-places.ts";
import { type StoredItem } from "./spool-reader.ts";
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
/**
 * Sends items in batches bounded by count and by bytes, with a queue that takes whole bursts. While the back end is away they wait in it; what
 * it has no room for is left to the snapshot, and read back from there once the back end answers and half of the queue is free. What waits
 * when the time for sending is over stays undelivered in the snapshot's ledger, to be replayed. Without a snapshot the oldest are dropped, and
 * counted.
 */
export declare class DeliveryQueue<Item extends {
    readonly resource: Resource;
}> {
    #private;
    constructor(kind: DeliveryKind<Item>, bounds: DeliveryBounds);
    get counts(): DeliveryCounts;
    /** @param place where the snapshot has the item; undefined where none has */
    add(item: Item, bytes: number, place: RowPlace | undefined): void;
    /** Takes over items of the snapshot that nobody had room for before. */
    addSpooled(places: SpooledPlaces, items: number): void;
    /** Tries everything that waits in memory once. Resolves when nothing waits and nothing is under way; never rejects. */
    flush(): Promise<void>;
    /** Leaves everything that waits to the snapshot: the time for sending is over. */
    giveUp(): void;
    /** Nothing is read back from the snapshot any more: when this resolves, others may replay what is left there. */
    leaveSpool(): Promise<void>;
    /** Sends what waits in memory, and leaves the rest to a replay; nothing is taken any more. */
    end(): Promise<void>;
}
