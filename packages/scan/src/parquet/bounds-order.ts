import type { FileMetadata } from "./file-metadata.ts";
import type { LeafColumn } from "./leaf-column.ts";

/**
 * Which bounds of a column mean something: those in the column's defined order, the `legacy` ones of files without orders, or none. `IfSame` are
 * those that were compared in a wrong order: they mean something only where both are the same, since then it is the only value.
 */
export type BoundsOrder = "defined" | "definedIfSame" | "legacy" | "legacyIfSame" | "none";

/** The order of a column's bounds, by its type, the file's column orders and what is known of its writer. */
export function boundsOrder(metadata: FileMetadata, leaf: LeafColumn): BoundsOrder {
  const { boundKind } = leaf;
  if (boundKind === "none") return "none";
  const orders = metadata.columnOrders;
  if (orders === undefined) return legacyOrder(metadata.createdBy, leaf);
  const order = orders[leaf.index]?.order;
  if (order !== "TYPE_DEFINED" && order !== "IEEE_754_TOTAL") return "none";
  return boundKind === "decimalBytes" && hasWrongDecimals(metadata.createdBy ?? "", leaf)
    ? "definedIfSame"
    : "defined";
}

/** The bounds of old files were compared as signed: right for numbers, and wrong for bytes, unsigned numbers and decimals in bytes. */
function legacyOrder(createdBy: string | undefined, { boundKind }: LeafColumn): BoundsOrder {
  switch (boundKind) {
    case "text":
    case "bytes":
    case "float16":
    case "decimalBytes":
      return hasWrongBytes(createdBy) ? "none" : "legacyIfSame";
    case "uint32":
    case "uint64":
      return "legacyIfSame";
    default:
      return "legacy";
  }
}

/** parquet-mr before 1.8.0 reused buffers, so that min and max of bytes may be anything (PARQUET-251). Who does not say its name may be one. */
function hasWrongBytes(createdBy: string | undefined): boolean {
  if (createdBy === undefined || createdBy === "") return true;
  const version = /^parquet-mr(?: version (\d+)\.(\d+))?/.exec(createdBy);
  if (version === null) return false;
  const [, major, minor] = version;
  return major === undefined || isBefore(major, minor, 1, 8);
}

/**
 * Writers that compared decimals in bytes in a wrong order, though they say that it is the defined one: parquet-cpp until Arrow 4 (PARQUET-1655) and ClickHouse until
 * 25.8 byte by byte, parquet-rs those of different lengths.
 */
function hasWrongDecimals(createdBy: string, { element }: LeafColumn): boolean {
  const writer = /^(parquet-cpp-arrow|parquet-cpp|ClickHouse|parquet-rs)\b\D*(\d*)\.?(\d*)/.exec(createdBy);
  if (writer === null) return false;
  const [, name, major = "", minor] = writer;
  if (name === "parquet-rs") return element.type === "BYTE_ARRAY";
  if (name === "parquet-cpp-arrow") return isBefore(major, minor, 4, 0);
  return name === "parquet-cpp" || isBefore(major, minor, 25, 8);
}

function isBefore(major: string, minor: string | undefined, thanMajor: number, thanMinor: number): boolean {
  return Number(major) < thanMajor || (Number(major) === thanMajor && Number(minor) < thanMinor);
}
