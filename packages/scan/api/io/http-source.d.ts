import type { RangeSource } from "./range-source.ts";
/** How to reach a file over HTTP. */
export interface HttpSourceOptions {
    /** Sent with each request, e.g. `authorization`. */
    readonly headers?: Readonly<Record<string, string>>;
    /** Instead of the global one. */
    readonly fetch?: typeof fetch;
    /** The largest file to take as a whole from a server that ignores ranges; 64 MiB by default. */
    readonly maxWholeBytes?: number;
    /** How long a request may go without a byte; 30 s by default. */
    readonly timeoutMs?: number;
}
/** A source over HTTP, and what its server does. */
export interface HttpSource extends RangeSource {
    /** Whether the server answered a range with the whole file: then it was read once and is kept in memory. */
    readonly ignoresRange: boolean;
    /** Requests that were sent, repeated ones included. */
    readonly requestsSent: number;
    /** Bytes of bodies that came, those that were of no use included. */
    readonly bytesReceived: number;
}
/**
 * A source over `http` or `https`, read by range requests. Dropped connections and answers of an overloaded server are tried again twice. A file that changes between
 * two reads (by its `ETag`, `Last-Modified` or size) is an error, never a mixture.
 *
 * Throws INVALID_ARGUMENT for what is no URL; reads throw `PitotError` IO, or UNSUPPORTED where the server ignores ranges and the file is too large to take
 * whole.
 */
export declare function httpSource(url: string, options?: HttpSourceOptions): HttpSource;
