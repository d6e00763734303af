import type { LogRecordExporter } from "@opentelemetry/sdk-logs";
import type { SpanExporter } from "@opentelemetry/sdk-trace";
import { type RunManifest } from "@pitot/snapshot";
import { type SendingOptions } from "./send-rows.ts";
/** Where spans and log records go; what has no exporter stays. */
export interface ReplayExporters {
    readonly spans: SpanExporter | undefined;
    readonly logs: LogRecordExporter | undefined;
}
/** How many were sent, and whether the back end is away. */
export interface Sent {
    readonly spans: number;
    readonly logs: number;
    readonly away: boolean;
    readonly error: unknown;
}
/** Sends what the ledger of a folder does not know as delivered, and writes there what the back end answers. */
export declare function sendUndelivered(folder: string, manifest: RunManifest, to: ReplayExporters, options: SendingOptions): Promise<Sent>;
