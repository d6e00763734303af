import { checkRange } from "./checked-range.ts";
import type { RangeSource } from "./range-source.ts";
import { requireSignal } from "../require-option.ts";

/**
 * A source over bytes in memory. Slices share its memory: they cost nothing, and must not be written to.
 *
 * @param location - As errors name it.
 */
export function bytesSource(given: Uint8Array, location = "(bytes)"): RangeSource {
  // A Buffer's parts would be Buffers, which compare and print otherwise.
  const bytes = new Uint8Array(given.buffer, given.byteOffset, given.length);
  return {
    location,
    byteLength: bytes.length,
    async slice(start, end, signal) {
      requireSignal(signal);
      signal?.throwIfAborted();
      checkRange(location, start, end, bytes.length);
      return bytes.subarray(start, end);
    },
    async suffix(length, signal) {
      requireSignal(signal);
      signal?.throwIfAborted();
      return { bytes: bytes.subarray(Math.max(0, bytes.length - length)), byteLength: bytes.length };
    },
    async close() {},
  };
}
