import type { Span, Tracer } from "@opentelemetry/api";
import {
  InstrumentationNodeModuleDefinition,
  type InstrumentationConfig,
} from "@opentelemetry/instrumentation";
import { failSpan } from "@pitot/core";
import { ATTR_DATASET_BYTES, ATTR_DATASET_ROWS, SPAN_ARROW_DECODE, SPAN_ARROW_ENCODE } from "@pitot/semconv";
import { observedDecode, observedEncode, tableAttributes } from "./arrow-ipc.ts";
import { INSTRUMENTATION_VERSION } from "./instrumentation-version.ts";
import { PausableInstrumentation } from "./pausable-instrumentation.ts";
import { replaceExports } from "./replace-exports.ts";

type AnyFunction = (...args: unknown[]) => unknown;

/** The parts of a RecordBatchReader's implementation that batches pass through. */
interface ReaderImpl {
  next?: (...args: unknown[]) => unknown;
  cancel?: (...args: unknown[]) => unknown;
  return?: (...args: unknown[]) => unknown;
}

interface Writer {
  _position?: number;
  write: (batch: unknown) => unknown;
  close: () => unknown;
  abort?: (reason?: unknown) => unknown;
}

const PATCHED = Symbol.for("pitot.apache-arrow");

/** Above zero while `tableFromIPC` or `tableToIPC` is at work, whose own readers and writers are counted with it. */
let inside = 0;

/**
 * Spans `arrow decode` and `arrow encode` for apache-arrow: `tableFromIPC`, `tableToIPC`, readers made by `RecordBatchReader.from`, and
 * record batch writers. A process may hold several copies, of several versions: each is patched on its own.
 */
export class ApacheArrowInstrumentation extends PausableInstrumentation {
  constructor(config: InstrumentationConfig = {}) {
    super("@pitot/instrumentation-apache-arrow", INSTRUMENTATION_VERSION, config);
  }

  protected init(): InstrumentationNodeModuleDefinition {
    return new InstrumentationNodeModuleDefinition("apache-arrow", [">=9.0.0"], (exports: object) =>
      this.patch(exports),
    );
  }

  /** The exports of apache-arrow with reads and writes observed; its reader and writer classes are changed in place. */
  patch<T extends object>(exports: T): T {
    const tracer = () => (this.paused ? undefined : this.tracer);
    const { tableFromIPC, tableToIPC, RecordBatchReader, RecordBatchWriter } = exports as {
      tableFromIPC?: AnyFunction;
      tableToIPC?: AnyFunction;
      RecordBatchReader?: { from: AnyFunction };
      RecordBatchWriter?: { prototype: Writer };
    };
    patchReader(tracer, RecordBatchReader);
    patchWriter(tracer, RecordBatchWriter);
    return replaceExports(exports, {
      ...(tableFromIPC === undefined ? {} : { tableFromIPC: observedDecode(tracer, whole(tableFromIPC)) }),
      ...(tableToIPC === undefined ? {} : { tableToIPC: observedEncode(tracer, whole(tableToIPC)) }),
    });
  }
}

function whole(call: AnyFunction): AnyFunction {
  return (...args) => {
    inside++;
    try {
      return call(...args);
    } finally {
      inside--;
    }
  };
}

function patchReader(
  tracer: () => Tracer | undefined,
  reader: ({ from: AnyFunction } & { [PATCHED]?: true }) | undefined,
): void {
  if (reader === undefined || PATCHED in reader) return;
  const from = reader.from;
  Object.defineProperty(reader, PATCHED, { value: true });
  reader.from = function pitotFrom(this: unknown, ...args: unknown[]): unknown {
    const made = from.apply(this, args);
    const by = tracer();
    if (by === undefined || inside > 0 || made === args[0]) return made;
    if (made instanceof Promise)
      return made.then((opened: unknown) => {
        observeReader(by, opened);
        return opened;
      });
    observeReader(by, made);
    return made;
  };
}

/** A span from the first batch to the last: `next` of the implementation is what every way of iterating comes through. */
function observeReader(tracer: Tracer, reader: unknown): void {
  const impl = (reader as { _impl?: ReaderImpl })._impl;
  const next = impl?.next;
  if (impl === undefined || typeof next !== "function") return;
  let span: Span | undefined;
  let rows = 0;
  const end = (error?: { readonly thrown: unknown }): void => {
    if (span === undefined) return;
    if (error !== undefined) failSpan(span, error.thrown);
    const { schema } = impl as { schema?: { fields?: readonly unknown[] } };
    span.setAttributes({ ...tableAttributes({ schema }), [ATTR_DATASET_ROWS]: rows });
    span.end();
    span = undefined;
  };
  const take = (result: unknown): unknown => {
    const { done, value } = result as { done?: boolean; value?: { numRows?: number } };
    if (done === true) end();
    else rows += value?.numRows ?? 0;
    return result;
  };
  const fail = (thrown: unknown): never => {
    end({ thrown });
    throw thrown;
  };
  impl.next = function pitotNext(this: unknown, ...args: unknown[]): unknown {
    if (inside > 0) return next.apply(this, args);
    span ??= tracer.startSpan(SPAN_ARROW_DECODE);
    let result: unknown;
    try {
      result = next.apply(this, args);
    } catch (error) {
      return fail(error);
    }
    return result instanceof Promise ? result.then(take, fail) : take(result);
  };
  for (const stop of ["cancel", "return"] as const) {
    const original = impl[stop];
    if (typeof original !== "function") continue;
    impl[stop] = function pitotStop(this: unknown, ...args: unknown[]): unknown {
      end();
      return original.apply(this, args);
    };
  }
}

const writing = new WeakMap<Writer, { readonly span: Span; rows: number }>();

function patchWriter(tracer: () => Tracer | undefined, writer: { prototype: Writer } | undefined): void {
  const prototype = writer?.prototype;
  if (prototype === undefined || PATCHED in prototype) return;
  Object.defineProperty(prototype, PATCHED, { value: true });
  const { write, close, abort } = prototype;
  prototype.write = function pitotWrite(this: Writer, batch: unknown): unknown {
    if (inside > 0 || batch === null || batch === undefined) return write.call(this, batch);
    let state = writing.get(this);
    if (state === undefined) {
      const by = tracer();
      if (by === undefined) return write.call(this, batch);
      state = {
        span: by.startSpan(SPAN_ARROW_ENCODE, { attributes: tableAttributes(batch) }),
        rows: 0,
      };
      writing.set(this, state);
    }
    state.rows += (batch as { numRows?: number }).numRows ?? 0;
    return write.call(this, batch);
  };
  prototype.close = function pitotClose(this: Writer): unknown {
    try {
      return close.call(this);
    } finally {
      end(this);
    }
  };
  if (abort !== undefined)
    prototype.abort = function pitotAbort(this: Writer, reason?: unknown): unknown {
      end(this, { thrown: reason });
      return abort.call(this, reason);
    };
}

function end(writer: Writer, error?: { readonly thrown: unknown }): void {
  const state = writing.get(writer);
  if (state === undefined) return;
  writing.delete(writer);
  if (error !== undefined) failSpan(state.span, error.thrown);
  state.span.setAttributes({
    [ATTR_DATASET_ROWS]: state.rows,
    ...(typeof writer._position === "number" ? { [ATTR_DATASET_BYTES]: writer._position } : {}),
  });
  state.span.end();
}
