import { type Context, type MeterProvider, type Tracer, type TracerProvider } from "@opentelemetry/api";
/** What is registered with OpenTelemetry's API, as far as it is asked on the way of every record. */
interface RegisteredApi {
    readonly context?: {
        active(): Context;
    };
    readonly trace?: TracerProvider & {
        getDelegate?(): TracerProvider;
    };
    readonly metrics?: MeterProvider;
}
/** What is registered now, without the look-ups and the version check that the API makes at each call. */
export declare function registeredApi(): RegisteredApi | undefined;
/** `trace.getTracer("pitot")`, looked up anew only where another provider is registered. */
export declare function pitotTracer(): Tracer;
export {};
