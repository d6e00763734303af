import type { Accounting } from "./accounting.ts";
import type { DiagnosticsSink } from "./diagnostics-sink.ts";
import type { EventEmitter } from "./event-emitter.ts";
import type { ExportBudget } from "./export-budget.ts";
import type { Recording } from "./recording-options.ts";
import type { ScopeStorage } from "./scope-storage.ts";

/** Where the records of one scope go, and what is counted on the way: what its recorders share. */
export interface RecordRoute {
  readonly recording: Recording;
  readonly accounting: Accounting;
  /** The user's own sink, guarded. */
  readonly sink: DiagnosticsSink | undefined;
  readonly emitter: EventEmitter;
  readonly budget: ExportBudget;
  readonly storage: ScopeStorage;
}
