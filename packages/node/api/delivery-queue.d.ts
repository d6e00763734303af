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
/**
 * Sends items in batches bounded by count and by bytes, with a queue that takes whole bursts. While the back end is away they wait in it; what
 * it has no room for, and what waits when the time for sending is over, stays undelivered in the snapshot's ledger, to be
 * replayed. Without a snapshot the oldest are dropped, and counted.
 */
export declare class DeliveryQueue<Item> {
    #private;
    constructor(kind: DeliveryKind<Item>, bounds: DeliveryBounds);
    get counts(): DeliveryCounts;
    /** @param scope the run or session whose snapshot has the item; undefined where none has */
    add(item: Item, bytes: number, scope: string | undefined): void;
    /** Tries everything that waits once. Resolves when nothing waits and nothing is under way; never rejects. */
    flush(): Promise<void>;
    /** Leaves everything that waits to the snapshot: the time for sending is over. */
    giveUp(): void;
    /** Nothing is taken any more. */
    stop(): void;
}
