import * as api from "@opentelemetry/api";
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

interface ApiWithLogs {
  readonly logs?: { getLogger(name: string): LogEmitter };
}

/** The logger of `@opentelemetry/api` 1.10 and later; undefined on 1.9, whose logs live in another package. */
export function apiLogEmitter(): LogEmitter | undefined {
  return (api as ApiWithLogs).logs?.getLogger("pitot");
}
