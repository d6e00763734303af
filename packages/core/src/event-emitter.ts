import { trace, TraceFlags, type Attributes, type Context, type Span } from "@opentelemetry/api";
import {
  ATTR_RECORD_KIND,
  ATTR_RECORDS_COUNT,
  ATTR_RECORDS_SEQ_FIRST,
  ATTR_RECORDS_SEQ_LAST,
  ATTR_RUN_ID,
  EVENT_RUN_STARTED,
  SPAN_RECORDS,
} from "@pitot/semconv";
import { apiLogEmitter } from "./log-emitter.ts";
import type { Recording } from "./recording-options.ts";
import { pitotTracer } from "./registered-api.ts";
import { cutBySdk } from "./sdk-limits.ts";

const CARRIER_EVENTS = 100;
const CARRIER_BYTES = 256 * 1024;
/** Kept free on spans that others may add events to: `pitot.run.started`, `pitot.run.finished`, and an exception. */
const RESERVED_EVENTS = 3;

interface Carrier {
  readonly span: Span;
  readonly firstSeq: number;
  lastSeq: number;
  events: number;
  bytes: number;
}

/** Events that Pitot has put on spans that do not tell how many they have, so that it never puts more than the SDK keeps. */
const eventsOn = new WeakMap<Span, number>();

/** True where a span has fewer events than `room`, and so takes another. An SDK's span has them in a list, and asking it costs less than keeping count. */
function takesEvent(span: Span, room: number): boolean {
  const { events } = span as { events?: readonly { readonly name: string }[] };
  // The first event of a run's span is its start, which has a place of its own.
  if (Array.isArray(events)) return events.length - (events[0]?.name === EVENT_RUN_STARTED ? 1 : 0) < room;
  const used = eventsOn.get(span) ?? 0;
  if (used < room) eventsOn.set(span, used + 1);
  return used < room;
}

/**
 * Puts records on spans, or hands them to the logs pipeline, so that none is thrown away by span limits: few on the active
 * span, rows and overflow on carrier spans that are rotated by count and bytes.
 */
export class EventEmitter {
  readonly #recording: Recording;
  readonly #runId: string | undefined;
  readonly #parent: Context;
  readonly #carriers = new Map<string, Carrier>();
  /** No carrier of a session was kept: asked again after {@link EventEmitter.close}. */
  #refused = false;

  /** @param parent the context whose span is the carriers' parent */
  constructor(recording: Recording, runId: string | undefined, parent: Context) {
    this.#recording = recording;
    this.#runId = runId;
    this.#parent = parent;
  }

  /** Attributes that an event may have beside the few that Pitot always sets. */
  get attributeBudget(): number {
    return Math.max(0, this.#recording.limits.eventAttributes - 3);
  }

  /** True where the SDK would cut an event with these attributes: for the caller to count. */
  cuts(attributes: Attributes): boolean {
    const { eventAttributes, valueLength } = this.#recording.limits;
    return cutBySdk(attributes, eventAttributes, valueLength);
  }

  /** True where spans of this context are kept, or a logs pipeline is there: else nobody need make attributes. */
  active(at: Context): boolean {
    return (
      this.#logger() !== undefined ||
      (this.#recording.spans && (this.#spanOf(at)?.isRecording() === true || this.#roots(at)))
    );
  }

  /**
   * Emits one event on the active span, or on a carrier where that span has no room.
   * @returns true where at least one pipeline has taken it
   */
  emit(
    name: string,
    attributes: Attributes,
    kind: string,
    seq: number,
    bytes: number,
    at: Context,
    timeMs: number,
  ): boolean {
    let taken = this.#log(name, attributes, at, timeMs);
    const span = this.#recording.spans ? this.#spanOf(at) : undefined;
    if (span?.isRecording()) {
      const room = Math.min(CARRIER_EVENTS, this.#recording.limits.spanEvents - RESERVED_EVENTS);
      if (takesEvent(span, room)) {
        span.addEvent(name, attributes, timeMs);
        taken = true;
      } else taken = this.#carry(name, attributes, kind, seq, bytes, timeMs) || taken;
    } else if (this.#recording.spans && this.#roots(at))
      taken = this.#carry(name, attributes, kind, seq, bytes, timeMs) || taken;
    return taken;
  }

  /** Emits one of many rows, always on a carrier. */
  emitRow(
    name: string,
    attributes: Attributes,
    kind: string,
    seq: number,
    bytes: number,
    at: Context,
    timeMs: number,
  ): boolean {
    const logged = this.#log(name, attributes, at, timeMs);
    return (this.#recording.spans && this.#carry(name, attributes, kind, seq, bytes, timeMs)) || logged;
  }

  /** Ends all carriers. */
  close(): void {
    for (const [kind, carrier] of this.#carriers) end(carrier, kind);
    this.#carriers.clear();
    this.#refused = false;
  }

  /** True where carriers without a parent take what no span can: of a session, unless the sampler has left the active trace out. */
  #roots(at: Context): boolean {
    if (this.#runId !== undefined || this.#refused) return false;
    const span = trace.getSpanContext(at);
    return span === undefined || (span.traceFlags & TraceFlags.SAMPLED) !== 0;
  }

  #carry(
    name: string,
    attributes: Attributes,
    kind: string,
    seq: number,
    bytes: number,
    timeMs: number,
  ): boolean {
    const room = Math.min(CARRIER_EVENTS, this.#recording.limits.spanEvents);
    if (room < 1) return false;
    let carrier = this.#carriers.get(kind);
    if (carrier !== undefined && (carrier.events >= room || carrier.bytes + bytes > CARRIER_BYTES)) {
      end(carrier, kind);
      carrier = undefined;
    }
    if (carrier === undefined) {
      const span = pitotTracer().startSpan(
        `${SPAN_RECORDS} ${kind}`,
        {
          attributes: {
            [ATTR_RECORD_KIND]: kind,
            ...(this.#runId === undefined ? {} : { [ATTR_RUN_ID]: this.#runId }),
          },
        },
        this.#parent,
      );
      if (!span.isRecording()) {
        this.#refused = true;
        return false;
      }
      carrier = { span, firstSeq: seq, lastSeq: seq, events: 0, bytes: 0 };
      this.#carriers.set(kind, carrier);
    }
    carrier.span.addEvent(name, attributes, timeMs);
    carrier.lastSeq = seq;
    carrier.events++;
    carrier.bytes += bytes;
    return true;
  }

  #log(name: string, attributes: Attributes, at: Context, timeMs: number): boolean {
    const logger = this.#logger();
    if (logger === undefined) return false;
    logger.emit({
      eventName: name,
      timestamp: timeMs,
      attributes: this.#runId === undefined ? attributes : { ...attributes, [ATTR_RUN_ID]: this.#runId },
      context: this.#contextOf(at),
    });
    return true;
  }

  #logger(): Recording["logEmitter"] {
    return this.#recording.logs ? (this.#recording.logEmitter ?? apiLogEmitter()) : undefined;
  }

  /** With no span active in the caller's context, the run's own span takes the event. */
  #contextOf(at: Context): Context {
    return trace.getSpan(at) === undefined ? this.#parent : at;
  }

  #spanOf(at: Context): Span | undefined {
    return trace.getSpan(this.#contextOf(at));
  }
}

function end(carrier: Carrier, kind: string): void {
  carrier.span.setAttributes({
    [ATTR_RECORD_KIND]: kind,
    [ATTR_RECORDS_SEQ_FIRST]: carrier.firstSeq,
    [ATTR_RECORDS_SEQ_LAST]: carrier.lastSeq,
    [ATTR_RECORDS_COUNT]: carrier.events,
  });
  carrier.span.end();
}
