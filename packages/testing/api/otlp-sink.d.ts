/** One request that reached the sink. */
export interface OtlpRequest {
    readonly signal: "traces" | "metrics" | "logs";
    readonly contentType: string;
    /** Bytes on the wire. */
    readonly bytes: number;
    /** The decoded body of a JSON request; undefined for protobuf. */
    readonly body: unknown;
}
/** What the sink answers: a status, or worse. */
export type OtlpAnswer = {
    readonly status: number;
    readonly headers?: Record<string, string>;
} | "hang" | "reset";
/** A span as OTLP/JSON has it. */
export interface OtlpSpan {
    readonly traceId: string;
    readonly spanId: string;
    readonly parentSpanId?: string;
    readonly name: string;
    readonly events?: readonly {
        readonly name: string;
    }[];
    readonly droppedEventsCount?: number;
}
/** A running sink. */
export interface OtlpSink extends AsyncDisposable {
    /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
    readonly url: string;
    readonly requests: readonly OtlpRequest[];
    /** Spans of all JSON requests that were answered by 200. */
    readonly spans: readonly OtlpSpan[];
    close(): Promise<void>;
}
/**
 * A real OTLP/HTTP receiver on 127.0.0.1 for tests: keeps requests, decodes JSON ones (gzip too), and can be told to refuse,
 * hang, or cut the connection.
 *
 * @param options.answer asked for each request; default status 200
 */
export declare function startOtlpSink(options?: {
    readonly answer?: (request: OtlpRequest) => OtlpAnswer;
}): Promise<OtlpSink>;
