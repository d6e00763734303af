import type { Scalar } from "./column-bounds.ts";
import type { LeafColumn } from "./leaf-column.ts";

/**
 * A value as its column would have it in the plain encoding, without the length of texts: what bloom filters hash. Undefined where the value is not of the
 * column's type or range, so that no such value can be in it.
 */
export function plainBytes(value: Scalar, leaf: LeafColumn): Uint8Array | undefined {
  switch (leaf.boundKind) {
    case "boolean":
      return typeof value === "boolean" ? Uint8Array.of(value ? 1 : 0) : undefined;
    case "int32":
    case "uint32":
    case "bigInt32":
      return whole(value, 4, leaf.boundKind === "uint32");
    case "int64":
    case "uint64":
      return whole(value, 8, leaf.boundKind === "uint64");
    case "float":
    case "double":
      return typeof value === "number" ? float(value, leaf.boundKind === "float") : undefined;
    case "text":
      return typeof value === "string" ? new TextEncoder().encode(value) : undefined;
    case "bytes":
      return value instanceof Uint8Array ? value : undefined;
    default:
      return undefined;
  }
}

function whole(value: Scalar, bytes: 4 | 8, unsigned: boolean): Uint8Array | undefined {
  if (typeof value === "number" && !Number.isInteger(value)) return undefined;
  if (typeof value !== "number" && typeof value !== "bigint") return undefined;
  const number = BigInt(value);
  const fits = unsigned ? BigInt.asUintN(bytes * 8, number) : BigInt.asIntN(bytes * 8, number);
  if (fits !== number) return undefined;
  const view = new DataView(new ArrayBuffer(8));
  view.setBigInt64(0, number, true);
  return new Uint8Array(view.buffer, 0, bytes);
}

function float(value: number, single: boolean): Uint8Array | undefined {
  if (single && Math.fround(value) !== value && !Number.isNaN(value)) return undefined;
  const view = new DataView(new ArrayBuffer(8));
  if (single) view.setFloat32(0, value, true);
  else view.setFloat64(0, value, true);
  return new Uint8Array(view.buffer, 0, single ? 4 : 8);
}
