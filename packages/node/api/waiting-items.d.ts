import type { RowPlace } from "@pitot/snapshot";
import { type RequestBounds } from "./request-bounds.ts";
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
export declare class WaitingItems<Item> {
    #private;
    get length(): number;
    get bytes(): number;
    push(waiting: Waiting<Item>): void;
    /** They are sent before all others. */
    putBack(batch: readonly Waiting<Item>[]): void;
    /** The items of the next request. */
    take(bounds: RequestBounds): Waiting<Item>[];
    takeAll(): Waiting<Item>[];
}
