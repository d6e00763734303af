import type { Attributes, Context } from "@opentelemetry/api";
import * as names from "@pitot/semconv";
import type { Payload } from "./diagnostics-sink.ts";
import { flattenPayload } from "./flatten-attributes.ts";
import { asObject, toPlain, type PlainObject } from "./plain-value.ts";
import { RecordBuffer, type RowClock } from "./record-buffer.ts";
import { recordName } from "./record-name.ts";
import type { RecordRoute } from "./record-route.ts";

/** Names looked up; beyond them a name is looked up anew. */
const MAX_NAMES = 10_000;

/** What is known of a name. */
interface NamedGroup {
  /** In the buffer; undefined until there is a row in it. */
  index: number | undefined;
  /** What its rows are counted under in the export budget. */
  readonly budget: string;
}

/** The record path of events, or of artifacts: a name and a payload, copied, bounded and redacted once. */
export class PayloadRecorder {
  readonly #route: RecordRoute;
  readonly #kind: "event" | "artifact";
  readonly #buffer: RecordBuffer;
  readonly #groups = new Map<string, NamedGroup>();
  /** Rows since the last flush that the snapshot alone has. */
  #snapshotOnly = 0;

  constructor(route: RecordRoute, kind: "event" | "artifact") {
    this.#route = route;
    this.#kind = kind;
    this.#buffer = new RecordBuffer(kind === "event" ? "properties" : "payload", "name");
  }

  /** @param many one of many rows, which go on carriers */
  record(name: string, payload: Payload, at: Context, clock: RowClock, many: boolean): void {
    const kind = this.#kind;
    const { recording, accounting, sink, storage } = this.#route;
    const stored = storage.present;
    const logical = recordName(name);
    const plain = toPlain(payload, recording.redactor);
    const value = asObject(plain.value);
    accounting.add(kind, "redacted", plain.redacted);
    if (sink !== undefined) {
      if (kind === "event") sink.recordEvent(logical, value);
      else sink.recordArtifact(logical, value);
    }
    const json = JSON.stringify(value);
    const buffer = this.#buffer;
    const { seq } = buffer;
    const group = this.#group(logical);
    const full = stored && buffer.append((group.index ??= buffer.group(logical)), json, at, clock);
    // Exported events are numbered without a snapshot too.
    if (!stored) buffer.advance(1);
    const { taken, truncated } = this.#emit(logical, group.budget, value, json, seq, at, clock.time, many);
    if (truncated || plain.cut || logical !== name) accounting.add(kind, "truncated");
    if (taken || !stored) accounting.add(kind, taken ? "exported" : "dropped");
    else this.#snapshotOnly++;
    if (full || recording.flushMs === 0) this.flush();
  }

  /** Writes what waits to storage, and counts what it has. */
  flush(): void {
    const { accounting, storage } = this.#route;
    const refused = storage.drain(this.#kind, this.#buffer);
    accounting.add(this.#kind, "snapshot_only", this.#snapshotOnly - refused);
    this.#snapshotOnly = 0;
  }

  #group(name: string): NamedGroup {
    let group = this.#groups.get(name);
    if (group === undefined) {
      if (this.#groups.size >= MAX_NAMES) this.#groups.clear();
      group = { index: undefined, budget: `${this.#kind}\u0000${name}` };
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
    const kind = this.#kind;
    const { recording, emitter, budget } = this.#route;
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
