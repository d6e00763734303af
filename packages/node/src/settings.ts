import { existsSync } from "node:fs";
import { propagatorNames } from "./propagators.ts";

/** One thing that can be set: by a variable, by an option of `startPitot`, or by both. */
export interface Setting {
  readonly variable?: string;
  readonly option?: string;
  readonly default: string;
  readonly meaning: string;
  /** Also there for one signal, which comes first: `OTEL_EXPORTER_OTLP_TRACES_…`, `_METRICS_…`, `_LOGS_…`. */
  readonly perSignal?: true;
  /** Turns the variable's text into the option's value; absent where the SDK reads the variable itself. */
  readonly parse?: (text: string) => unknown;
}

/**
 * Everything that can be set. The one source of the table in the README, of what the variables mean, and of what `pitot doctor`
 * shows. `OTEL_*` comes first; `PITOT_*` is for what OpenTelemetry has no name for.
 */
export const SETTINGS: readonly Setting[] = [
  {
    variable: "OTEL_SERVICE_NAME",
    option: "serviceName",
    default: "`unknown_service`; under `register` the application's package",
    meaning: "name of the service",
    parse: (text) => text,
  },
  {
    variable: "OTEL_SDK_DISABLED",
    default: "false",
    meaning: "`true`: no traces, metrics and logs; under `register` Pitot does nothing at all",
    parse: oneOf("true", "false"),
  },
  {
    variable: "OTEL_CONFIG_FILE",
    default: "",
    meaning: "declarative configuration: its providers are set up as it says, and Pitot attaches to them",
  },
  {
    variable: "OTEL_RESOURCE_ATTRIBUTES",
    default: "",
    meaning: "attributes of the resource",
  },
  {
    variable: "OTEL_NODE_RESOURCE_DETECTORS",
    default: "env, process, host",
    meaning: "what describes the resource; `none`, `all`, or a list",
  },
  {
    variable: "OTEL_TRACES_SAMPLER",
    default: "`parentbased_always_on`",
    meaning: "with `OTEL_TRACES_SAMPLER_ARG`; runs are few and precious, so all are kept",
    parse: oneOf(
      "always_on",
      "always_off",
      "traceidratio",
      "parentbased_always_on",
      "parentbased_always_off",
      "parentbased_traceidratio",
    ),
  },
  {
    variable: "OTEL_TRACES_SAMPLER_ARG",
    default: "1",
    meaning: "share of traces that a `traceidratio` sampler keeps",
    parse: (text) => {
      const ratio = Number(text);
      if (!(ratio >= 0 && ratio <= 1)) throw new Error("Give a number from 0 to 1.");
      return ratio;
    },
  },
  {
    variable: "OTEL_PROPAGATORS",
    default: "tracecontext, baggage",
    meaning: "a list of `tracecontext`, `baggage`, `b3`, `b3multi`, `jaeger`; or `none`",
    parse: propagatorNames,
  },
  {
    variable: "OTEL_LOG_LEVEL",
    default: "",
    meaning: "prints the SDK's and Pitot's own diagnostics: `error`, `warn`, `info`, `debug`",
    parse: (text) => oneOf("none", "error", "warn", "info", "debug", "verbose", "all")(text.toLowerCase()),
  },
  {
    variable: "OTEL_EXPORTER_OTLP_ENDPOINT",
    perSignal: true,
    default: "`auto`",
    meaning:
      "where to send; that of one signal is a whole URL. `auto` sends where something listens on port 4318",
    parse: (text) => {
      if (/^https?:$/.test(URL.canParse(text) ? new URL(text).protocol : "")) return text;
      throw new Error("Give an URL, e.g. http://localhost:4318.");
    },
  },
  {
    variable: "OTEL_TRACES_EXPORTER",
    default: "`otlp`",
    meaning: "`none` sends no spans; they are in the snapshot",
    parse: exporter,
  },
  {
    variable: "OTEL_METRICS_EXPORTER",
    default: "`otlp`",
    meaning: "`none` sends no metrics",
    parse: exporter,
  },
  {
    variable: "OTEL_LOGS_EXPORTER",
    default: "`otlp`",
    meaning: "`none` sends no log records",
    parse: exporter,
  },
  {
    variable: "OTEL_EXPORTER_OTLP_PROTOCOL",
    perSignal: true,
    default: "`http/protobuf`",
    meaning: "or `http/json`",
    parse: (text) => {
      if (text === "http/protobuf" || text === "http/json") return text;
      throw new Error("Use http/protobuf or http/json; a Collector takes both on port 4318.");
    },
  },
  {
    variable: "OTEL_EXPORTER_OTLP_HEADERS",
    perSignal: true,
    default: "",
    meaning: "headers of requests: `name=value,…`, percent-encoded",
  },
  {
    variable: "OTEL_EXPORTER_OTLP_TIMEOUT",
    perSignal: true,
    default: "10000",
    meaning: "longest time in ms for one request with its retries",
    parse: wholeNumber,
  },
  {
    variable: "OTEL_EXPORTER_OTLP_COMPRESSION",
    perSignal: true,
    default: "`none`",
    meaning: "or `gzip`",
    parse: oneOf("none", "gzip"),
  },
  {
    variable: "OTEL_EXPORTER_OTLP_CERTIFICATE",
    perSignal: true,
    default: "",
    meaning: "file of the certificates that a back end is trusted by",
    parse: existingFile,
  },
  {
    variable: "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE",
    perSignal: true,
    default: "",
    meaning: "file of the certificate that the client shows",
    parse: existingFile,
  },
  {
    variable: "OTEL_EXPORTER_OTLP_CLIENT_KEY",
    perSignal: true,
    default: "",
    meaning: "file of its key",
    parse: existingFile,
  },
  {
    variable: "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
    default: "`cumulative`",
    meaning: "or `delta`, `lowmemory`",
    parse: (text) => oneOf("cumulative", "delta", "lowmemory")(text.toLowerCase()),
  },
  {
    variable: "OTEL_BSP_SCHEDULE_DELAY",
    default: "1000",
    meaning: "longest time in ms that a span waits for company",
    parse: wholeNumber,
  },
  {
    variable: "OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
    default: "512",
    meaning: "spans of one request",
    parse: positive,
  },
  {
    variable: "OTEL_BSP_MAX_QUEUE_SIZE",
    default: "200000",
    meaning: "spans that wait in memory; what is over is left to the snapshot, and sent from there",
    parse: positive,
  },
  {
    variable: "OTEL_METRIC_EXPORT_INTERVAL",
    default: "60000",
    meaning: "ms between exports of metrics",
    parse: positive,
  },
  {
    variable: "OTEL_METRIC_EXPORT_TIMEOUT",
    default: "30000",
    meaning: "longest time in ms for one of them, at most the interval",
    parse: positive,
  },
  {
    variable: "OTEL_ATTRIBUTE_COUNT_LIMIT",
    default: "128",
    meaning: "attributes kept per span, event, link and log record, where nothing below says otherwise",
  },
  {
    variable: "OTEL_SPAN_EVENT_COUNT_LIMIT",
    option: "spanEventLimit",
    default: "128",
    meaning: "events kept per span; Pitot stays below it",
  },
  {
    variable: "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT",
    option: "eventAttributeLimit",
    default: "128",
    meaning: "attributes kept per event; Pitot stays below it",
  },
  {
    variable: "OTEL_SPAN_ATTRIBUTE_PER_EVENT_COUNT_LIMIT",
    default: "128",
    meaning: "the same by another name",
  },
  {
    variable: "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT",
    default: "128",
    meaning: "attributes kept per link; also `OTEL_SPAN_ATTRIBUTE_PER_LINK_COUNT_LIMIT`",
  },
  {
    variable: "OTEL_SPAN_LINK_COUNT_LIMIT",
    default: "128",
    meaning: "links kept per span",
  },
  {
    variable: "OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT",
    default: "128",
    meaning: "attributes kept per log record",
  },
  {
    variable: "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT",
    option: "spanAttributeLimit",
    default: "128",
    meaning: "attributes kept per span; what is cut is counted",
  },
  {
    variable: "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT",
    option: "attributeLengthLimit",
    default: "none",
    meaning:
      "characters kept of a text; what is cut is counted. `OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT` comes first",
  },
  {
    variable: "OTEL_NODE_ENABLED_INSTRUMENTATIONS",
    default: "all",
    meaning: "which of `hyparquet`, `apache-arrow`, `flechette`, `duckdb`, `stream`, `fs` `register` uses",
  },
  {
    variable: "OTEL_NODE_DISABLED_INSTRUMENTATIONS",
    default: "none",
    meaning: "which of them it leaves out",
  },
  {
    variable: "TRACEPARENT",
    default: "",
    meaning: "W3C `traceparent` that the process's run continues; `register` gives it to child processes",
  },
  {
    variable: "PITOT_DOCTOR_REPORT",
    default: "",
    meaning: "file to which `register` appends what it hooked, at exit; `pitot doctor` reads it",
  },
  {
    variable: "PITOT_LABEL",
    default: "package and script",
    meaning: "label of the run that `register` makes for the process",
    parse: (text) => text,
  },
  {
    variable: "PITOT_DIR",
    option: "snapshot",
    default: "`.pitot`",
    meaning: "folder of the snapshots; `false` keeps none",
    parse: (text) => (text === "false" ? false : text),
  },
  {
    variable: "PITOT_OTLP",
    option: "otlp",
    default: "`auto`",
    meaning:
      "`false` sends nothing, `true` sends to the default endpoint without asking whether something listens",
    parse: (text) => (text === "auto" ? "auto" : oneOf("true", "false")(text) === "true"),
  },
  {
    variable: "PITOT_RECORDS",
    option: "records",
    default: "`span`",
    meaning: "`span`, `log` or `both`: records as span events, log events",
    parse: oneOf("span", "log", "both"),
  },
  {
    variable: "PITOT_EXPORT_ROWS",
    option: "exportRows",
    default: "1000",
    meaning: 'rows exported per run, kind and name; `"all"` exports every one',
    parse: (text) => (text === "all" ? "all" : wholeNumber(text)),
  },
  {
    variable: "PITOT_PAYLOAD_BYTES",
    option: "payloadBytes",
    default: "8192",
    meaning: "JSON kept of a payload that does not fit into flat attributes",
    parse: wholeNumber,
  },
  {
    variable: "PITOT_CARDINALITY_LIMIT",
    option: "cardinalityLimit",
    default: "2000",
    meaning: "attribute sets per metric",
    parse: wholeNumber,
  },
  {
    variable: "PITOT_FLUSH",
    option: "flush",
    default: "1000",
    meaning:
      "longest time in ms a record waits for the snapshot and its disk; `every` forces each batch at once",
    parse: (text) => (text === "every" ? "every" : wholeNumber(text)),
  },
  {
    variable: "PITOT_SHUTDOWN_MS",
    option: "shutdownMs",
    default: "5000",
    meaning: "longest time `shutdown` waits for back ends",
    parse: wholeNumber,
  },
  {
    variable: "PITOT_REDACTION_KEY",
    option: "redactionKey",
    default: "",
    meaning: "HMAC key of `hash` rules",
    parse: (text) => text,
  },
  {
    option: "retention",
    default: "everything is kept",
    meaning: "bounds of the snapshot folder: `maxAgeMs`, `maxRuns`, `maxBytes`",
  },
  {
    option: "redaction",
    default: "secrets masked",
    meaning: "rules: path (exact, glob, RegExp) and `drop`, `mask`, `hash`",
  },
];

function oneOf(...values: readonly string[]): (text: string) => string {
  return (text) => {
    if (values.includes(text)) return text;
    throw new Error(`Use ${values.slice(0, -1).join(", ")} or ${values.at(-1)}.`);
  };
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new Error("Give a whole number of 0 or more.");
  return value;
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value <= 0) throw new Error("Give a whole number above 0.");
  return value;
}

function exporter(text: string): string {
  if (text === "otlp" || text === "none") return text;
  throw new Error("Use otlp or none; give others to startPitot, or to a NodeSDK of your own beside it.");
}

function existingFile(path: string): string {
  if (existsSync(path)) return path;
  throw new Error("There is no such file.");
}
