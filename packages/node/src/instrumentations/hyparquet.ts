import type { Attributes } from "@opentelemetry/api";
import {
  InstrumentationNodeModuleDefinition,
  type InstrumentationConfig,
} from "@opentelemetry/instrumentation";
import { ATTR_SCAN_DATASET, ATTR_SCAN_FORMAT, ATTR_SCAN_SCAN_COLUMNS, SPAN_SCAN } from "@pitot/semconv";
import { recordFileScan } from "../record-dataset-access.ts";
import { datasetName } from "./dataset-name.ts";
import { INSTRUMENTATION_VERSION } from "./instrumentation-version.ts";
import { observeCall } from "./observe-call.ts";
import {
  CountingBuffer,
  rowCount,
  topColumns,
  type AsyncBuffer,
  type ParquetMetadata,
} from "./observed-parquet.ts";
import { PausableInstrumentation } from "./pausable-instrumentation.ts";
import { replaceExports } from "./replace-exports.ts";

interface ReadOptions {
  file: AsyncBuffer;
  metadata?: ParquetMetadata;
  columns?: readonly string[];
  onComplete?: (rows: unknown[]) => void;
}

type Read = (options: ReadOptions) => Promise<unknown>;
type ReadMetadata = (file: AsyncBuffer, options: object) => Promise<ParquetMetadata>;
type Open = (...args: unknown[]) => Promise<AsyncBuffer>;

/** Where a buffer was opened from. Module-wide, for every copy of hyparquet in a process shares it. */
const sources = new WeakMap<object, string>();

/**
 * Turns each read of [hyparquet](https://github.com/hyparam/hyparquet) into a span `scan {dataset}` with the row groups, bytes and range
 * requests that it took: `parquetRead`, `parquetReadObjects`, `parquetQuery`. Works in any NodeSDK's `instrumentations`; ES modules
 * need OpenTelemetry's loader hook there, as all instrumentations do.
 */
export class HyparquetInstrumentation extends PausableInstrumentation {
  constructor(config: InstrumentationConfig = {}) {
    super("@pitot/instrumentation-hyparquet", INSTRUMENTATION_VERSION, config);
  }

  protected init(): InstrumentationNodeModuleDefinition {
    return new InstrumentationNodeModuleDefinition("hyparquet", [">=1.0.0"], (exports: object) =>
      this.patch(exports),
    );
  }

  /** The exports of hyparquet with their readers observed: for bundles and whoever wants no hook. */
  patch<T extends object>(exports: T): T {
    const original = exports as unknown as Readonly<Record<string, (...args: never[]) => unknown>>;
    const replacements: Record<string, unknown> = {};
    for (const name of ["parquetRead", "parquetReadObjects", "parquetQuery"])
      if (typeof original[name] === "function")
        replacements[name] = this.#observed(
          original[name] as Read,
          original["parquetMetadataAsync"] as ReadMetadata | undefined,
          name,
        );
    for (const name of ["asyncBufferFromFile", "asyncBufferFromUrl", "cachedAsyncBuffer"])
      if (typeof original[name] === "function") replacements[name] = named(original[name] as Open);
    return replaceExports(exports, replacements);
  }

  #observed(read: Read, readMetadata: ReadMetadata | undefined, name: string): Read {
    return (options) => {
      const file = options?.file;
      // What is wrong with the call is hyparquet's to say.
      if (this.paused || typeof file?.byteLength !== "number" || typeof file.slice !== "function")
        return read(options);
      const buffer = new CountingBuffer(file);
      const source = sources.get(file);
      const dataset = datasetName(source);
      let rows: number | undefined;
      const given = { ...options, file: buffer };
      if (name === "parquetRead" && options.onComplete !== undefined)
        given.onComplete = (complete) => {
          rows = complete.length;
          options.onComplete?.(complete);
        };
      const attributes: Attributes = { [ATTR_SCAN_DATASET]: dataset, [ATTR_SCAN_FORMAT]: "parquet" };
      if (options.columns !== undefined) attributes[ATTR_SCAN_SCAN_COLUMNS] = [...options.columns];
      const started = performance.now();
      return observeCall(
        this.tracer,
        `${SPAN_SCAN} ${dataset}`,
        attributes,
        async () => {
          // The reader's own first step; taken here, the row groups are known.
          if (readMetadata !== undefined) given.metadata ??= await readMetadata(buffer, given);
          // These two leave the footer in their options, for the next read of the same file.
          if (name !== "parquetReadObjects" && given.metadata !== undefined)
            options.metadata ??= given.metadata;
          return await read(given);
        },
        (result) => {
          if (Array.isArray(result)) rows = result.length;
          const cost = buffer.attributes(given.metadata, rows);
          recordFileScan({
            dataset,
            format: "parquet",
            source,
            columns: options.columns ?? topColumns(given.metadata),
            cost,
            fileRows: rowCount(given.metadata),
            seconds: (performance.now() - started) / 1000,
          });
          return cost;
        },
      );
    };
  }
}

/** Remembers what a buffer was opened from: a path, an URL, or the buffer that a cache stands before. */
function named(open: Open): Open {
  const remember = (buffer: AsyncBuffer, from: unknown): AsyncBuffer => {
    const { url } = from as { url?: unknown };
    const source =
      typeof from === "string"
        ? from
        : (sources.get(from as object) ?? (typeof url === "string" ? url : undefined));
    if (source !== undefined) sources.set(buffer, source);
    return buffer;
  };
  return (...args) => {
    const opened = open(...args) as Promise<AsyncBuffer> | AsyncBuffer;
    const [from] = args;
    if (typeof from !== "string" && (typeof from !== "object" || from === null))
      return opened as Promise<AsyncBuffer>;
    return (
      opened instanceof Promise ? opened.then((buffer) => remember(buffer, from)) : remember(opened, from)
    ) as Promise<AsyncBuffer>;
  };
}
