import type { ReadableSpan } from "@opentelemetry/sdk-trace";
/**
 * Spans as an indented tree, the same for every run of the same code: ids are numbered in order of appearance, times, paths and
 * digests are replaced. Made for golden files.
 */
export declare function printTrace(spans: readonly ReadableSpan[]): string;
