import type { AsyncBuffer } from "hyparquet";
import type { RangeSource } from "./range-source.ts";
/**
 * A source over hyparquet's `AsyncBuffer`.
 *
 * @param location - As errors and telemetry name it.
 */
export declare function asyncBufferSource(asyncBuffer: AsyncBuffer, location: string): RangeSource;
/**
 * `source` as hyparquet reads it. The size must be known: read the footer first.
 *
 * @param signal - Cancels what is read through it.
 */
export declare function asAsyncBuffer(source: RangeSource, signal?: AbortSignal): AsyncBuffer;
