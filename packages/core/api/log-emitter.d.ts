import type { Attributes, Context } from "@opentelemetry/api";
/** The part of OTel's `Logger` that Pitot calls. */
export interface LogEmitter {
    emit(record: {
        readonly eventName: string;
        readonly timestamp: number;
        readonly attributes: Attributes;
        readonly context: Context;
    }): void;
}
/** The logger of `@opentelemetry/api` 1.10 and later; undefined on 1.9, whose logs live in another package. */
export declare function apiLogEmitter(): LogEmitter | undefined;
