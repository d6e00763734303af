import { DataType } from "apache-arrow";
import type { RawStatistics } from "./column-chunk.ts";
import type { FileMetadata } from "./file-metadata.ts";
import type { LeafColumn } from "./leaf-column.ts";
import { annotation } from "./primitive-arrow-type.ts";

/**
 * Which bounds of a column mean something: those in the column's defined order, the `legacy` ones of files without orders, or none.
 */
export function boundsOrder(metadata: FileMetadata, leaf: LeafColumn): "defined" | "legacy" | "none" {
  if (!isOrdered(leaf)) return "none";
  if (metadata.columnOrders === undefined) return "legacy";
  const order = metadata.columnOrders[leaf.index]?.order;
  return order === "TYPE_DEFINED" || order === "IEEE_754_TOTAL" ? "defined" : "none";
}

/** Whether the format gives the type an order at all. */
function isOrdered(leaf: LeafColumn): boolean {
  const { element } = leaf;
  if (element.type === "INT96" || element.convertedType === "INTERVAL") return false;
  switch (element.logicalType?.type) {
    case "UNDEFINED":
    case "VARIANT":
    case "GEOMETRY":
    case "GEOGRAPHY":
    case "NULL":
      return false;
    default:
      return true;
  }
}

/**
 * Whether the `min` and `max` of a file without column orders can be used. They were compared as signed: right for numbers and wrong for
 * bytes, unsigned numbers and decimals in bytes, unless both are the same.
 */
export function readsLegacyBounds(
  createdBy: string | undefined,
  leaf: LeafColumn,
  { min, max }: RawStatistics,
): boolean {
  const { type } = leaf.element;
  const isBytes = type === "BYTE_ARRAY" || type === "FIXED_LEN_BYTE_ARRAY";
  if (isBytes && hasWrongBytes(createdBy)) return false;
  const signed = !isBytes && !(DataType.isInt(leaf.type) && isUnsigned(leaf));
  return signed || (min !== undefined && max !== undefined && Buffer.compare(min, max) === 0);
}

function isUnsigned({ element }: LeafColumn): boolean {
  const logical = annotation(element);
  return logical?.type === "INTEGER" && !logical.isSigned;
}

/** parquet-mr before 1.8.0 reused buffers, so that min and max of bytes may be anything (PARQUET-251). Who does not say its name may be one. */
function hasWrongBytes(createdBy: string | undefined): boolean {
  if (createdBy === undefined || createdBy === "") return true;
  const version = /^parquet-mr(?: version (\d+)\.(\d+))?/.exec(createdBy);
  if (version === null) return false;
  const [, major, minor] = version;
  return major === undefined || Number(major) < 1 || (Number(major) === 1 && Number(minor) < 8);
}
