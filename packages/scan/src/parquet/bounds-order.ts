import type { FileMetadata } from "./file-metadata.ts";
import type { LeafColumn } from "./leaf-column.ts";
import type { StatisticsScanner } from "./statistics-scanner.ts";

/**
 * Which bounds of a column mean something: those in the column's defined order, the `legacy` ones of files without orders, or none.
 */
export function boundsOrder(metadata: FileMetadata, leaf: LeafColumn): "defined" | "legacy" | "none" {
  if (leaf.boundKind === "none") return "none";
  if (metadata.columnOrders === undefined) return "legacy";
  const order = metadata.columnOrders[leaf.index]?.order;
  return order === "TYPE_DEFINED" || order === "IEEE_754_TOTAL" ? "defined" : "none";
}

/**
 * Whether the `min` and `max` of a file without column orders can be used. They were compared as signed: right for numbers and wrong for
 * bytes, unsigned numbers and decimals in bytes, unless both are the same.
 */
export function readsLegacyBounds(
  createdBy: string | undefined,
  { boundKind }: LeafColumn,
  bytes: Uint8Array,
  { minAt, minLength, maxAt, maxLength }: StatisticsScanner,
): boolean {
  switch (boundKind) {
    case "text":
    case "bytes":
    case "float16":
    case "decimalBytes":
      if (hasWrongBytes(createdBy)) return false;
      break;
    case "uint32":
    case "uint64":
      break;
    default:
      return true;
  }
  return (
    minLength >= 0 &&
    minLength === maxLength &&
    Buffer.compare(bytes.subarray(minAt, minAt + minLength), bytes.subarray(maxAt, maxAt + maxLength)) === 0
  );
}

/** parquet-mr before 1.8.0 reused buffers, so that min and max of bytes may be anything (PARQUET-251). Who does not say its name may be one. */
function hasWrongBytes(createdBy: string | undefined): boolean {
  if (createdBy === undefined || createdBy === "") return true;
  const version = /^parquet-mr(?: version (\d+)\.(\d+))?/.exec(createdBy);
  if (version === null) return false;
  const [, major, minor] = version;
  return major === undefined || Number(major) < 1 || (Number(major) === 1 && Number(minor) < 8);
}
