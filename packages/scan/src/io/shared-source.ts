import type { RangeSource, Traffic } from "./range-source.ts";

/** A source that many read, each closing it: it stays open, with what it knows of its file. */
export function sharedSource(source: RangeSource): RangeSource {
  return {
    location: source.location,
    get byteLength() {
      return source.byteLength;
    },
    slice: (start, end, signal) => source.slice(start, end, signal),
    suffix: (length, signal) => source.suffix(length, signal),
    async close() {},
    ...(source.countedBy !== undefined && {
      countedBy: (traffic: Traffic) => sharedSource(source.countedBy!(traffic)),
    }),
  };
}
