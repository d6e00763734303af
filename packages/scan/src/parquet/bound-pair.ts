import type { BoundKind } from "./bound-kind.ts";
import type { ColumnBounds, Scalar } from "./column-bounds.ts";
import { decodeBound, wasWidened } from "./decode-bound.ts";

/** The bounds of a container while they are put together. One is used over and over: a scan plan asks for those of every chunk of every file. */
export class BoundPair {
  #min: Scalar | undefined = undefined;
  #max: Scalar | undefined = undefined;
  #minExact = false;
  #maxExact = false;

  /** Begins with none. */
  clear(): void {
    this.#min = undefined;
    this.#max = undefined;
    this.#minExact = false;
    this.#maxExact = false;
  }

  /** Decodes the lower bound from `length` bytes at `at`; -1 is an absent one. `exact` is what the file says of it. */
  setMin(kind: BoundKind, bytes: Uint8Array, at: number, length: number, exact: boolean | undefined): void {
    if (length < 0) return;
    this.#min = decodeBound(kind, bytes, at, length, false);
    this.#minExact = this.#min !== undefined && !wasWidened() && (exact ?? isNeverCut(kind));
  }

  /** As {@link setMin}, for the upper bound. */
  setMax(kind: BoundKind, bytes: Uint8Array, at: number, length: number, exact: boolean | undefined): void {
    if (length < 0) return;
    this.#max = decodeBound(kind, bytes, at, length, true);
    this.#maxExact = this.#max !== undefined && !wasWidened() && (exact ?? isNeverCut(kind));
  }

  /** Where one of the bounds of floats was NaN, the writer compared with NaN, and the other cannot be trusted either. */
  dropHalf(kind: BoundKind, minLength: number, maxLength: number): void {
    if (kind !== "float" && kind !== "double" && kind !== "float16") return;
    if ((minLength < 0 || this.#min !== undefined) && (maxLength < 0 || this.#max !== undefined)) return;
    this.clear();
  }

  /** The bounds, with counts; one below zero is absent: some writers put -1 where they do not know. */
  toBounds(rows: number, nullCount: number, nanCount: number, distinctCount: number): ColumnBounds {
    const min = this.#min;
    const max = this.#max;
    const minExact = this.#minExact;
    const maxExact = this.#maxExact;
    // Nearly all are of this shape, which is made at once; the rest is put together.
    if (min !== undefined && max !== undefined && nullCount >= 0 && nanCount < 0)
      return distinctCount < 0
        ? { min, max, minExact, maxExact, nullCount, rows }
        : { min, max, minExact, maxExact, nullCount, distinctCount, rows };
    return {
      ...(min !== undefined && { min }),
      ...(max !== undefined && { max }),
      minExact,
      maxExact,
      ...(nullCount >= 0 && { nullCount }),
      ...(nanCount >= 0 && { nanCount }),
      ...(distinctCount >= 0 && { distinctCount }),
      rows,
    };
  }
}

/** Only texts and bytes are ever cut; a writer that does not say may have. */
function isNeverCut(kind: BoundKind): boolean {
  return kind !== "text" && kind !== "bytes" && kind !== "decimalBytes";
}
