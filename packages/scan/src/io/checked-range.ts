import { PitotError } from "@pitot/core";

/** Throws unless `start` to `end` is a range of whole, safe numbers that the source can have. */
export function checkRange(location: string, start: number, end: number, byteLength?: number): void {
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 0 || end < start)
    throw new PitotError("INVALID_ARGUMENT", `A byte range of ${location} is not one`, {
      value: `${start}-${end}`,
      remedy: "Give whole numbers, 0 <= start <= end",
    });
  if (byteLength !== undefined && end > byteLength)
    throw new PitotError("IO", `${location} ends before the range that was asked for`, {
      value: `${start}-${end} of ${byteLength} bytes`,
      remedy: "Check that the file is complete and was not replaced while it was read",
    });
}
