import type { LogEmitter } from "./log-emitter.ts";
import { PitotError } from "./pitot-error.ts";
import type { RecordTarget } from "./record-target.ts";
import { Redactor, type RedactionRule } from "./redaction.ts";
import { sdkLimits, type SdkLimits } from "./sdk-limits.ts";

/** How records are emitted; every field has a default. */
export interface RecordingOptions {
  /** Rows exported over OTLP per run, kind and name; the rest is in the snapshot alone. Default 1,000. */
  readonly exportRows?: number | "all";
  /** Bytes of JSON kept of a payload that does not fit into flat attributes. Default 8,192. */
  readonly payloadBytes?: number;
  /** Attribute sets per instrument; what is over goes to one overflow set. Default 2,000. */
  readonly cardinalityLimit?: number;
  /** Records as span events, as log events, or both. Default span. */
  readonly records?: "span" | "log" | "both";
  /** Longest time in ms that a record waits in memory for the snapshot; 0 writes each at once. Default 1,000. */
  readonly flushMs?: number;
  readonly redaction?: readonly RedactionRule[];
  /** HMAC key of `hash` rules. Default `PITOT_REDACTION_KEY`. */
  readonly redactionKey?: string;
  /** Events that the tracer provider keeps per span. Default `OTEL_SPAN_EVENT_COUNT_LIMIT`, else 128. */
  readonly spanEventLimit?: number;
  /** Attributes that it keeps per event. Default `OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT`, else 128. */
  readonly eventAttributeLimit?: number;
  /** Attributes that it keeps per span. Default `OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT`, else 128. */
  readonly spanAttributeLimit?: number;
  /** Characters that it keeps of a text in an attribute. Default `OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT`, else `OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT`, else all. */
  readonly attributeLengthLimit?: number;
  /** Where records are stored. */
  readonly targets?: readonly RecordTarget[];
  /** Where log events go. Needed with OTel API 1.9, whose `api` has no `logs`. */
  readonly logEmitter?: LogEmitter;
}

/** {@link RecordingOptions} with every default filled in. */
export interface Recording {
  readonly exportRows: number;
  readonly payloadBytes: number;
  readonly cardinalityLimit: number;
  readonly spans: boolean;
  readonly logs: boolean;
  readonly flushMs: number;
  readonly redactor: Redactor;
  readonly limits: SdkLimits;
  readonly targets: readonly RecordTarget[];
  readonly logEmitter: LogEmitter | undefined;
}

let current: Recording | undefined;

/** The recording in force. */
export function recording(): Recording {
  current ??= resolve({});
  return current;
}

/**
 * Sets how every later run of this process records. `startPitot` of `@pitot/node` calls it; call it yourself
 * where you set up OpenTelemetry alone. Returns a function that puts the former settings back.
 *
 * @throws PitotError INVALID_CONFIGURATION, naming option and value
 */
export function configureRecording(options: RecordingOptions): () => void {
  const before = current;
  current = resolve(options);
  return () => {
    current = before;
  };
}

function resolve(options: RecordingOptions): Recording {
  const mode = options.records ?? "span";
  if (!["span", "log", "both"].includes(mode))
    throw new PitotError("INVALID_CONFIGURATION", "Unknown value of records", {
      value: mode,
      remedy: "Use span, log or both.",
    });
  const env = process.env;
  const limits = sdkLimits(env);
  return {
    exportRows: options.exportRows === "all" ? Infinity : count("exportRows", options.exportRows ?? 1000),
    payloadBytes: count("payloadBytes", options.payloadBytes ?? 8192),
    cardinalityLimit: count("cardinalityLimit", options.cardinalityLimit ?? 2000),
    spans: mode !== "log",
    logs: mode !== "span",
    flushMs: count("flushMs", options.flushMs ?? 1000),
    redactor: new Redactor(options.redaction, options.redactionKey ?? env["PITOT_REDACTION_KEY"]),
    limits: {
      spanEvents: options.spanEventLimit ?? limits.spanEvents,
      eventAttributes: options.eventAttributeLimit ?? limits.eventAttributes,
      spanAttributes: options.spanAttributeLimit ?? limits.spanAttributes,
      valueLength: options.attributeLengthLimit ?? limits.valueLength,
    },
    targets: options.targets ?? [],
    logEmitter: options.logEmitter,
  };
}

function count(name: string, value: unknown): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0) return value;
  throw new PitotError("INVALID_CONFIGURATION", `${name} is not a whole number of 0 or more`, {
    value,
    remedy: `Give ${name} a whole number${name === "exportRows" ? ' or "all"' : ""}.`,
  });
}
