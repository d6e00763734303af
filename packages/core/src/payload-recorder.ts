import type { Attributes, Context } from "@opentelemetry/api";
import * as names from "@pitot/semconv";
import type { Accounting } from "./accounting.ts";
import type { DiagnosticsSink, Payload } from "./diagnostics-sink.ts";
import type { EventEmitter } from "./event-emitter.ts";
import type { ExportBudget } from "./export-budget.ts";
import { flattenPayload } from "./flatten-attributes.ts";
import { toPlain, type PlainObject } from "./plain-value.ts";
import { RecordBuffer, type RowClock } from "./record-buffer.ts";
import { recordName } from "./record-name.ts";
import type { Recording } from "./recording-options.ts";

/** Names looked up; beyond them a name is looked up anew. */
const MAX_NAMES = 10_000;

/** What a {@link PayloadRecorder} works with. */
export interface PayloadRoute {
  readonly kind: "event" | "artifact";
  readonly recording: Recording;
  readonly accounting: Accounting;
  readonly sink: DiagnosticsSink | undefined;
  readonly emitter: EventEmitter;
  readonly budget: ExportBudget;
  readonly stored: boolean;
}

/** What is known of a name. */
interface NamedGroup {
  /** In the buffer; undefined until there is a row in it. */
  index: number | undefined;
  /** What its rows are counted under in the export budget. */
  readonly budget: string;
}

/** The record path of events, or of artifacts: a name and a payload, copied, bounded and redacted once. */
export class PayloadRecorder {
  readonly buffer: RecordBuffer;
  readonly #route: PayloadRoute;
  readonly #groups = new Map<string, NamedGroup>();
  #seq = 0;

  constructor(route: PayloadRoute) {
    this.#route = route;
    this.buffer = new RecordBuffer(route.kind === "event" ? "properties" : "payload", "name");
  }

  /**
   * @param many one of many rows, which go on carriers
   * @returns true where the buffer must be written before the next row
   */
  append(name: string, payload: Payload, at: Context, clock: RowClock, many: boolean): boolean {
    const { kind, recording, accounting, sink, stored } = this.#route;
    const logical = recordName(name);
    const plain = toPlain(payload, recording.redactor);
    const value: PlainObject =
      typeof plain.value === "object" && plain.value !== null && !Array.isArray(plain.value)
        ? plain.value
        : { value: plain.value };
    accounting.add(kind, "redacted", plain.redacted);
    if (sink !== undefined) {
      if (kind === "event") sink.recordEvent(logical, value);
      else sink.recordArtifact(logical, value);
    }
    const json = JSON.stringify(value);
    // Exported events are numbered without a snapshot too.
    const seq = this.#seq++;
    const group = this.#group(logical);
    const full = stored && this.buffer.append((group.index ??= this.buffer.group(logical)), json, at, clock);
    const { taken, truncated } = this.#emit(logical, group.budget, value, json, seq, at, clock.time, many);
    if (truncated || plain.cut || logical !== name) accounting.add(kind, "truncated");
    accounting.add(kind, taken ? "exported" : stored ? "snapshot_only" : "dropped");
    return full || (stored && recording.flushMs === 0);
  }

  #group(name: string): NamedGroup {
    let group = this.#groups.get(name);
    if (group === undefined) {
      if (this.#groups.size >= MAX_NAMES) this.#groups.clear();
      group = { index: undefined, budget: `${this.#route.kind}\u0000${name}` };
      this.#groups.set(name, group);
    }
    return group;
  }

  #emit(
    name: string,
    budgetKey: string,
    value: PlainObject,
    json: string,
    seq: number,
    at: Context,
    timeMs: number,
    many: boolean,
  ): { taken: boolean; truncated: boolean } {
    const { kind, recording, emitter, budget } = this.#route;
    if (!emitter.active(at) || budget.take(budgetKey) === 0) return { taken: false, truncated: false };
    const attributes: Attributes = {
      [kind === "event" ? names.ATTR_EVENT_NAME : names.ATTR_ARTIFACT_NAME]: name,
      [names.ATTR_RECORD_SEQ]: seq,
    };
    const limits = {
      attributes: emitter.attributeBudget,
      payloadBytes: recording.payloadBytes,
      textLength: recording.limits.valueLength,
    };
    const truncated = flattenPayload(value, json, limits, attributes);
    const event = kind === "event" ? names.EVENT_EVENT : names.EVENT_ARTIFACT;
    const bytes = Math.min(json.length, recording.payloadBytes) + 128;
    const taken = many
      ? emitter.emitRow(event, attributes, kind, seq, bytes, at, timeMs)
      : emitter.emit(event, attributes, kind, seq, bytes, at, timeMs);
    return { taken, truncated: truncated || emitter.cuts(attributes) };
  }
}
