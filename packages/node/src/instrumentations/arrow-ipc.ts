import type { Attributes, Tracer } from "@opentelemetry/api";
import {
  ATTR_DATASET_BYTES,
  ATTR_DATASET_COLUMNS,
  ATTR_DATASET_ROWS,
  SPAN_ARROW_DECODE,
  SPAN_ARROW_ENCODE,
} from "@pitot/semconv";
import { observeCall } from "./observe-call.ts";

/** A table as both apache-arrow and flechette have it. Never told by `instanceof`: a process may hold several copies of each. */
interface ArrowTable {
  readonly numRows?: number;
  readonly schema?: { readonly fields?: readonly unknown[] };
}

type AnyFunction = (...args: unknown[]) => unknown;

/** `tableFromIPC` in a span `arrow decode`, while there is a tracer. */
export function observedDecode(tracer: () => Tracer | undefined, decode: AnyFunction): AnyFunction {
  return (...args) => {
    const by = tracer();
    if (by === undefined) return decode(...args);
    return observeCall(by, SPAN_ARROW_DECODE, bytesOf(args[0]), () => decode(...args), tableAttributes);
  };
}

/** `tableToIPC` in a span `arrow encode`, while there is a tracer. */
export function observedEncode(tracer: () => Tracer | undefined, encode: AnyFunction): AnyFunction {
  return (...args) => {
    const by = tracer();
    if (by === undefined) return encode(...args);
    return observeCall(by, SPAN_ARROW_ENCODE, tableAttributes(args[0]), () => encode(...args), bytesOf);
  };
}

/** Rows and columns of anything like a table. */
export function tableAttributes(value: unknown): Attributes {
  const { numRows, schema } = (value ?? {}) as ArrowTable;
  return {
    ...(typeof numRows === "number" ? { [ATTR_DATASET_ROWS]: numRows } : {}),
    ...(Array.isArray(schema?.fields) ? { [ATTR_DATASET_COLUMNS]: schema.fields.length } : {}),
  };
}

/** Bytes of anything that has them at hand: a view, a buffer, a list of views. A stream has none yet. */
function bytesOf(value: unknown): Attributes {
  const bytes = Array.isArray(value)
    ? value.reduce((sum: number, part: unknown) => sum + byteLength(part), 0)
    : byteLength(value);
  return bytes > 0 ? { [ATTR_DATASET_BYTES]: bytes } : {};
}

function byteLength(value: unknown): number {
  const { byteLength } = (value ?? {}) as { byteLength?: unknown };
  return typeof byteLength === "number" ? byteLength : 0;
}
