import { createRequire } from "node:module";
import * as api from "@opentelemetry/api";
import type { LogEmitter } from "@pitot/core";

/** The part of OTel's logs API that the set-up needs. */
interface LogsApi {
  getLogger(name: string): LogEmitter;
  setGlobalLoggerProvider(provider: unknown): unknown;
  disable(): void;
}

/**
 * The logs API that the installed SDK registers itself with: `api.logs` from API 1.10 on, the package `api-logs` before. The two do not
 * know of each other, and the wrong one is a silent no-op. Their types differ in what attributes may hold; Pitot's are primitives.
 */
export const logs: LogsApi =
  (api as unknown as { readonly logs?: LogsApi }).logs ??
  // Required, since `register` must be loaded in one tick.
  (createRequire(import.meta.url)("@opentelemetry/api-logs") as { readonly logs: LogsApi }).logs;
