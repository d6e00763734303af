import type { RowPlace } from "@pitot/snapshot";

/** Where spans and log records are in the snapshot: what the delivery confirms. */
const places = new WeakMap<object, RowPlace>();

/** Which row of which run or session a span or log record is; undefined where no snapshot has it. */
export function snapshotPlaceOf(item: object): RowPlace | undefined {
  return places.get(item);
}

/** The snapshot has it there. */
export function keptAt(item: object, place: RowPlace): void {
  places.set(item, place);
}
