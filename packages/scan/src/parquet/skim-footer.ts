import type { RangeSource } from "../io/range-source.ts";
import { ChunkScanner } from "./chunk-scanner.ts";
import { named, readFooterBytes, type ReadFooterOptions } from "./read-footer.ts";
import { I64, LIST, STRUCT, ThriftReader } from "./thrift-compact-reader.ts";

/** Counts and sizes of a Parquet file. */
export interface FooterCounts {
  readonly numRows: number;
  readonly numRowGroups: number;
  /** Leaf columns, by the first row group; 0 where there is none. */
  readonly numColumns: number;
  /** Bytes of all column chunks in the file. */
  readonly compressedBytes: number;
  /** The same, uncompressed. */
  readonly uncompressedBytes: number;
  readonly footerBytes: number;
  readonly fileBytes: number;
  readonly requests: number;
  readonly bytesRead: number;
}

/**
 * Counts and sizes of a file without building what its footer says: for sums over many files. Throws as {@link readFooter} does, though it looks
 * less closely: what it does not count it only steps over.
 */
export async function skimFooter(
  source: RangeSource,
  options: ReadFooterOptions = {},
): Promise<FooterCounts> {
  const { bytes, ...read } = await readFooterBytes(source, options.guess, options.signal);
  return { ...named(source, () => skim(bytes)), ...read };
}

const scanner = new ChunkScanner();

type Counts = Omit<FooterCounts, "footerBytes" | "fileBytes" | "requests" | "bytesRead">;

function skim(bytes: Uint8Array): Counts {
  const reader: ThriftReader = new ThriftReader(bytes);
  const counts = { numRows: -1, numRowGroups: -1, numColumns: 0, compressedBytes: 0, uncompressedBytes: 0 };
  let id = 0;
  while (reader.field(id)) {
    id = reader.id;
    if (id === 3 && reader.type === I64) counts.numRows = reader.int();
    else if (id === 4 && reader.type === LIST) {
      counts.numRowGroups = reader.listOf(STRUCT);
      for (let i = 0; i < counts.numRowGroups; i++) skimRowGroup(reader, counts);
      // What follows has no counts. It is stepped over only where they are not all there.
      if (counts.numRows >= 0) return counts;
    } else reader.skip(reader.type);
  }
  if (counts.numRows < 0 || counts.numRowGroups < 0)
    reader.fail("The metadata lack the number of rows or the row groups", id);
  return counts;
}

function skimRowGroup(
  reader: ThriftReader,
  counts: { numColumns: number; compressedBytes: number; uncompressedBytes: number },
): void {
  let id = 0;
  while (reader.field(id)) {
    id = reader.id;
    if (id === 1 && reader.type === LIST) {
      const size = reader.listOf(STRUCT);
      counts.numColumns = size;
      for (let i = 0; i < size; i++) {
        scanner.scan(reader);
        counts.compressedBytes += scanner.totalCompressedSize;
        counts.uncompressedBytes += scanner.totalUncompressedSize;
      }
    } else reader.skip(reader.type);
  }
}
