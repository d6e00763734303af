/** One request that reached the sink. */
export interface OtlpRequest {
    readonly signal: "traces" | "metrics" | "logs";
    readonly contentType: string;
    /** Bytes on the wire. */
    readonly bytes: number;
    /** The decoded body, JSON or protobuf, as OTLP/JSON has it; ids in lower-case hex. */
    readonly body: unknown;
}
/**
 * What the sink answers: a status, or worse. `hang` never answers, `reset` cuts the connection, `cut` sends half a success and then
 * cuts it.
 */
export type OtlpAnswer = {
    readonly status: number;
    readonly headers?: Record<string, string>;
    /** Partial success: so many items are refused, the last ones of the request. */
    readonly rejected?: number;
    readonly message?: string;
} | "hang" | "reset" | "cut";
/** A span as OTLP/JSON has it. */
export interface OtlpSpan {
    readonly traceId: string;
    readonly spanId: string;
    readonly parentSpanId?: string;
    readonly name: string;
    readonly kind?: number;
    readonly startTimeUnixNano?: string;
    readonly endTimeUnixNano?: string;
    readonly attributes?: readonly {
        readonly key: string;
        readonly value: Record<string, unknown>;
    }[];
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
    /** Spans that were taken: of requests that were answered by 200, without the refused ones. */
    readonly spans: readonly OtlpSpan[];
    /** From now on answers like this. */
    answer(answer: (request: OtlpRequest) => OtlpAnswer): void;
    close(): Promise<void>;
}
/**
 * A real OTLP/HTTP receiver on 127.0.0.1 for tests: keeps and decodes requests (JSON, protobuf, gzip), and can be told to refuse all or a
 * part, hang, or cut the connection.
 *
 * @param options.answer asked for each request; default status 200
 * @param options.port default: a free one
 */
export declare function startOtlpSink(options?: {
    readonly answer?: (request: OtlpRequest) => OtlpAnswer;
    readonly port?: number;
}): Promise<OtlpSink>;
