import type { FileFooter } from "../dataset/file-footer.ts";
import type { ColumnChunk } from "../parquet/column-chunk.ts";
import type { LeafColumn } from "../parquet/leaf-column.ts";

// As much as a header of a dictionary page may take.
const LARGEST_HEADER = 100;

/**
 * Bytes to read for a column chunk. parquet-mr before 1.2.9 left the header of the dictionary page out of the size that it wrote (PARQUET-816), so of its files
 * a little more is read. Columns that repeat are decoded to the end of what is read, and are taken at their word.
 */
export function chunkBytes(chunk: ColumnChunk, leaf: LeafColumn, footer: FileFooter): number {
  const { startOffset, totalCompressedSize } = chunk;
  if (leaf.maxRep > 0 || !isShort(footer.metadata.createdBy)) return totalCompressedSize;
  const left = footer.fileBytes - footer.footerBytes - startOffset;
  return Math.max(totalCompressedSize, Math.min(totalCompressedSize + LARGEST_HEADER, left));
}

function isShort(createdBy: string | undefined): boolean {
  const version = /^parquet-mr(?: version (\d+)\.(\d+)\.(\d+))?/.exec(createdBy ?? "");
  if (version === null) return false;
  const [major = 0, minor = 0, patch = 0] = version.slice(1).map((part) => Number(part ?? 0));
  return major < 1 || (major === 1 && (minor < 2 || (minor === 2 && patch < 9)));
}
