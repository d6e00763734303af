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
export declare class SpoolReader<Item> {
    #private;
    constructor(setup: SpoolSetup<Item>);
    add(place: RowPlace): void;
    addAll(places: SpooledPlaces): void;
    roomMade(): void;
    backEndAnswers(): void;
    backEndIsAway(): void;
    /** Resolves when nothing more is read; never rejects. */
    stop(): Promise<void>;
}
