import type { Attributes, Context, Span } from "@opentelemetry/api";
import { Accounting } from "./accounting.ts";
import type { ColumnRecords } from "./column-records.ts";
import { type DiagnosticsSink, type Payload, type QualityRow } from "./diagnostics-sink.ts";
import { type MetricOptions, type MetricTags } from "./metric-recorder.ts";
import { type QualityTable } from "./quality-columns.ts";
import type { RunPayload } from "./run-payload.ts";
/**
 * What a run, and the session outside runs, record into: one pass of copying and redaction, one ordinal per kind, then collector,
 * OTel and storage. Every public method is safe to call from a pipeline: nothing throws.
 */
export declare class RecordScope implements DiagnosticsSink {
    #private;
    readonly id: string;
    readonly accounting: Accounting;
    /** The user's own sink, guarded. */
    readonly sink: DiagnosticsSink | undefined;
    constructor(type: "run" | "session", id: string, run: RunPayload | undefined, at: Context, sink?: DiagnosticsSink);
    get uri(): string | undefined;
    recordEvent(name: string, properties: Payload): void;
    recordEvents(name: string, rows: readonly Payload[]): void;
    recordArtifact(name: string, payload: Payload): void;
    recordMetric(name: string, value: number, tags?: MetricTags, options?: MetricOptions): void;
    recordQuality(rows: Iterable<QualityRow> | QualityTable): void;
    /** One quality row without an object. */
    recordQualityRow(entityKind: string, entityId: string | null, issue: string, sourceTable: string | null, ordinal: number | bigint | undefined): void;
    /** Rows by column: stored as they are, told as events while the budget of their kind lasts. */
    recordColumns(records: ColumnRecords): void;
    /**
     * A lifecycle event: on the span only, since the manifest has it too.
     * @param room how many events the SDK must keep per span, so that this one pushes out none that matters more
     */
    emitLifecycle(name: string, attributes: Attributes, span: Span, room: number): void;
    /** The last attributes of the run's span; where the SDK keeps fewer, that is counted in them. */
    sealSpan(span: Span, identity: Attributes, totals: () => Attributes): void;
    /** Writes what waits in memory to storage. Synchronous. */
    flush(): void;
    /** Emits the summaries, flushes, ends carriers. Later records are counted as dropped. */
    close(): void;
    /** Tells storage that the run has ended; {@link RecordScope.close} came before. */
    finish(run: RunPayload | undefined): void;
}
