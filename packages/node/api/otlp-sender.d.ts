import { type Agent as HttpAgent } from "node:http";
/** Where requests go and how. */
export interface OtlpTarget {
    readonly url: string;
    readonly headers: () => Promise<Record<string, string>>;
    readonly agentFactory: (protocol: string) => HttpAgent | Promise<HttpAgent>;
    readonly compression: string;
    /** Longest time in ms for one request with its retries. */
    readonly timeoutMillis: number;
}
/**
 * What became of a request. `accepted`: the back end has it, with its answer. `refused`: it will never take it. `unavailable`: it may later,
 * after `retryAfterMs` where it said so. `barred`: it was not even looked at, for want of credentials or of the right address; it is worth
 * another attempt once somebody has seen to that.
 */
export type OtlpOutcome = {
    readonly kind: "accepted";
    readonly answer: Uint8Array;
} | {
    readonly kind: "refused";
    readonly error: Error;
} | {
    readonly kind: "barred";
    readonly error: Error;
} | {
    readonly kind: "unavailable";
    readonly error: Error;
    readonly retryAfterMs: number | undefined;
};
/** An answer other than 2xx. */
export declare class OtlpStatusError extends Error {
    readonly status: number;
    constructor(status: number, message?: string);
}
/**
 * Posts OTLP requests over HTTP, with retries that honour `Retry-After` (seconds or date), within one bound of time. Neither its sockets
 * nor its waits keep the process alive.
 *
 * Source: https://opentelemetry.io/docs/specs/otlp/#otlphttp-response
 */
export declare class OtlpSender {
    #private;
    constructor(target: OtlpTarget);
    /** One attempt. Never rejects. */
    sendOnce(body: Uint8Array, timeoutMs: number): Promise<OtlpOutcome>;
    /** Never rejects. */
    send(body: Uint8Array): Promise<OtlpOutcome>;
    /** Ends what is under way; it counts as unavailable. */
    abort(): void;
}
/** Milliseconds to wait; undefined where the header is absent or neither seconds nor a date. */
export declare function retryAfter(header: string | undefined): number | undefined;
