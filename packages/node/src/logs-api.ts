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
 * know of each other, and the wrong one is a silent no-op.
 */
export const logs: LogsApi =
  (api as { readonly logs?: LogsApi }).logs ??
  // Required, for `register` is loaded in one tick. The types of attributes differ between the lines; the values that Pitot emits are
  // primitives, which both take.
  (createRequire(import.meta.url)("@opentelemetry/api-logs") as { readonly logs: LogsApi }).logs;
