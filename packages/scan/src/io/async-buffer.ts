import type { AsyncBuffer } from "hyparquet";
import { PitotError } from "@pitot/core";
import { checkRange } from "./checked-range.ts";
import type { RangeSource } from "./range-source.ts";
import { requireSignal } from "../require-option.ts";

/**
 * A source over hyparquet's `AsyncBuffer`.
 *
 * @param location - As errors and telemetry name it.
 */
export function asyncBufferSource(asyncBuffer: AsyncBuffer, location: string): RangeSource {
  const byteLength = asyncBuffer.byteLength;
  const slice = async (start: number, end: number, signal?: AbortSignal): Promise<Uint8Array> => {
    requireSignal(signal);
    signal?.throwIfAborted();
    checkRange(location, start, end, byteLength);
    const bytes = new Uint8Array(await answerOf(asyncBuffer, location, start, end, signal));
    if (bytes.length !== end - start)
      throw new PitotError("IO", `${location} gave fewer or more bytes than were asked for`, {
        value: `${bytes.length} of ${end - start}`,
        remedy: "Check that the buffer is complete and that its byteLength is right",
      });
    return bytes;
  };
  return {
    location,
    byteLength,
    slice,
    async suffix(length, signal) {
      return { bytes: await slice(Math.max(0, byteLength - length), byteLength, signal), byteLength };
    },
    async close() {},
  };
}

/** What a buffer gives. What it throws is a failure to read, and no word about the data: a scan would else call its pages broken. */
async function answerOf(
  asyncBuffer: AsyncBuffer,
  location: string,
  start: number,
  end: number,
  signal?: AbortSignal,
): Promise<ArrayBuffer> {
  try {
    return await abortable(asyncBuffer.slice(start, end), signal);
  } catch (error) {
    if (error instanceof PitotError || signal?.aborted === true) throw error;
    throw new PitotError(
      "IO",
      `${location} cannot be read (${error instanceof Error ? error.message : String(error)}), bytes`,
      { value: `${start}-${end}`, remedy: "See to what the buffer reads from", cause: error },
    );
  }
}

/** What a buffer gives, unless `signal` comes first: a buffer knows no signals, so what it does then is its own affair. */
async function abortable(
  given: ArrayBuffer | Promise<ArrayBuffer>,
  signal?: AbortSignal,
): Promise<ArrayBuffer> {
  if (signal === undefined) return await given;
  let onAbort: (() => void) | undefined;
  try {
    return await Promise.race([
      given,
      new Promise<never>((_, reject) => {
        onAbort = () => reject(signal.reason);
        signal.addEventListener("abort", onAbort);
      }),
    ]);
  } finally {
    signal.removeEventListener("abort", onAbort!);
  }
}

/**
 * `source` as hyparquet reads it. The size must be known: read the footer first.
 *
 * @param signal - Cancels what is read through it.
 */
export function asAsyncBuffer(source: RangeSource, signal?: AbortSignal): AsyncBuffer {
  const { byteLength } = source;
  if (byteLength === undefined)
    throw new PitotError("INVALID_ARGUMENT", "The size of a source is not known yet", {
      value: source.location,
      remedy: "Read its footer or a suffix first",
    });
  return {
    byteLength,
    async slice(start, end = byteLength) {
      // hyparquet takes whole buffers: a shared one would show it its neighbours' bytes.
      const bytes = await source.slice(start < 0 ? byteLength + start : start, end, signal);
      return (bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice()).buffer as ArrayBuffer;
    },
  };
}
