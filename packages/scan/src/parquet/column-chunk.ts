import type { ChunkScanner } from "./chunk-scanner.ts";
import { PHYSICAL_TYPES, type KeyValue, type PhysicalType } from "./file-metadata.ts";
import { decodeKeyValues } from "./key-values.ts";
import { StatisticsScanner } from "./statistics-scanner.ts";
import { BINARY, I32, I64, LIST, type RawField, STRUCT, ThriftReader } from "./thrift-compact-reader.ts";
import { StructWriter, type ThriftWriter } from "./thrift-compact-writer.ts";

/** Encodings by code. */
const ENCODINGS = [
  "PLAIN",
  "GROUP_VAR_INT",
  "PLAIN_DICTIONARY",
  "RLE",
  "BIT_PACKED",
  "DELTA_BINARY_PACKED",
  "DELTA_LENGTH_BYTE_ARRAY",
  "DELTA_BYTE_ARRAY",
  "RLE_DICTIONARY",
  "BYTE_STREAM_SPLIT",
] as const;

const CODECS = ["UNCOMPRESSED", "SNAPPY", "GZIP", "LZO", "BROTLI", "LZ4", "ZSTD", "LZ4_RAW"] as const;

const PAGE_TYPES = ["DATA_PAGE", "INDEX_PAGE", "DICTIONARY_PAGE", "DATA_PAGE_V2"] as const;

/** Statistics of a column chunk as they stand in the file: bounds are raw bytes, in the plain encoding. A count below zero counts as absent. */
export interface RawStatistics {
  /** Of files before Parquet 2.4: in the signed order of bytes or numbers. */
  readonly max?: Uint8Array;
  readonly min?: Uint8Array;
  readonly nullCount?: number;
  readonly distinctCount?: number;
  /** In the column's order. */
  readonly maxValue?: Uint8Array;
  readonly minValue?: Uint8Array;
  readonly isMaxValueExact?: boolean;
  readonly isMinValueExact?: boolean;
  readonly nanCount?: number;
}

/** How many values lie at which level, and how large texts are. */
export interface SizeStatistics {
  readonly unencodedByteArrayBytes?: number;
  readonly repetitionLevelHistogram?: readonly number[];
  readonly definitionLevelHistogram?: readonly number[];
}

/** How many pages of a kind have an encoding. */
export interface PageEncodingStats {
  readonly pageType: string;
  readonly encoding: string;
  readonly count: number;
}

/** What changes when a row group is described from another file. */
export interface ChunkPlace {
  /** Relative path, with forward slashes, of the file that has the data. */
  readonly filePath: string;
}

/**
 * One column of one row group, as a view of the footer's bytes: what is asked for is read then, since a footer of 10,000 chunks is mostly
 * asked for a few. The structure was checked when the footer was read; a getter throws INVALID_DATA where a number has
 * more than 53 bits or a list has elements of an unexpected type.
 *
 * Fields that are absent are undefined.
 */
export class ColumnChunk {
  /** The footer's. */
  readonly bytes: Uint8Array;
  readonly #start: number;
  readonly #metadataAt: number;
  readonly #statisticsAt: number;
  /** Bytes in the file; 0 where its metadata are encrypted, as for all numbers. */
  readonly totalCompressedSize: number;

  /** @param scanner - What was found at `start`. */
  constructor(bytes: Uint8Array, start: number, scanner: ChunkScanner) {
    this.bytes = bytes;
    this.#start = start;
    this.#metadataAt = scanner.metadataAt;
    this.#statisticsAt = scanner.statisticsAt;
    this.totalCompressedSize = scanner.totalCompressedSize;
  }

  /** Values of its leaf, nulls included. */
  get numValues(): number {
    return this.#find(this.#metadataAt, 5, I64)?.int() ?? 0;
  }

  get totalUncompressedSize(): number {
    return this.#find(this.#metadataAt, 6, I64)?.int() ?? 0;
  }

  get dataPageOffset(): number {
    return this.#find(this.#metadataAt, 9, I64)?.int() ?? 0;
  }

  /** Whether its pages are encrypted. */
  get encrypted(): boolean {
    return (
      this.#find(this.#start, 8, STRUCT) !== undefined || this.#find(this.#start, 9, BINARY) !== undefined
    );
  }

  /** False where its metadata are encrypted too: then only the offsets of its indexes are known. */
  get hasMetadata(): boolean {
    return this.#metadataAt >= 0;
  }

  /** Path of the file that has the data, relative to this one; undefined where it is this file. */
  get filePath(): string | undefined {
    return this.#find(this.#start, 1, BINARY)?.text();
  }

  /** Where the metadata were once more written beside the data; 0 in most files. */
  get fileOffset(): number {
    return this.#find(this.#start, 2, I64)?.int() ?? 0;
  }

  get offsetIndexOffset(): number | undefined {
    return this.#find(this.#start, 4, I64)?.int();
  }

  get offsetIndexLength(): number | undefined {
    return this.#find(this.#start, 5, I32)?.int();
  }

  get columnIndexOffset(): number | undefined {
    return this.#find(this.#start, 6, I64)?.int();
  }

  get columnIndexLength(): number | undefined {
    return this.#find(this.#start, 7, I32)?.int();
  }

  get indexPageOffset(): number | undefined {
    return this.#find(this.#metadataAt, 10, I64)?.int();
  }

  get dictionaryPageOffset(): number | undefined {
    return this.#find(this.#metadataAt, 11, I64)?.int();
  }

  get bloomFilterOffset(): number | undefined {
    return this.#find(this.#metadataAt, 14, I64)?.int();
  }

  get bloomFilterLength(): number | undefined {
    return this.#find(this.#metadataAt, 15, I32)?.int();
  }

  /** Undefined where it is a type that no version of the format has. */
  get type(): PhysicalType | undefined {
    return PHYSICAL_TYPES[this.#find(this.#metadataAt, 1, I32)?.int() ?? -1];
  }

  /** `SNAPPY`, or `CODEC_12` where the code is not known. */
  get codec(): string {
    const code = this.#find(this.#metadataAt, 4, I32)?.int() ?? -1;
    return CODECS[code] ?? `CODEC_${code}`;
  }

  get encodings(): readonly string[] {
    const list = this.#find(this.#metadataAt, 2, LIST);
    return list === undefined ? [] : elements(list, I32, (reader) => encodingName(reader.int()));
  }

  /** Names from the root, which is left out. */
  get pathInSchema(): readonly string[] {
    const list = this.#find(this.#metadataAt, 3, LIST);
    return list === undefined ? [] : elements(list, BINARY, (reader) => reader.text());
  }

  get keyValueMetadata(): readonly KeyValue[] | undefined {
    const list = this.#find(this.#metadataAt, 8, LIST);
    return list === undefined ? undefined : decodeKeyValues(list);
  }

  /** As they stand; {@link columnBounds} says what they mean. */
  get statistics(): RawStatistics | undefined {
    const scanner = new StatisticsScanner();
    return this.scanStatistics(scanner) ? rawStatistics(this.bytes, scanner) : undefined;
  }

  /** Notes in `scanner` where the statistics lie in {@link bytes}; false where there are none. What {@link columnBounds} does for each chunk. */
  scanStatistics(scanner: StatisticsScanner): boolean {
    if (this.#statisticsAt < 0) return false;
    scanner.scan(this.bytes, this.#statisticsAt);
    return true;
  }

  get encodingStats(): readonly PageEncodingStats[] | undefined {
    const list = this.#find(this.#metadataAt, 13, LIST);
    return list === undefined ? undefined : elements(list, STRUCT, readPageEncodingStats);
  }

  get sizeStatistics(): SizeStatistics | undefined {
    const sizes = this.#find(this.#metadataAt, 16, STRUCT);
    return sizes === undefined ? undefined : readSizeStatistics(sizes);
  }

  /** Where the bytes of its pages begin: the dictionary, where one lies before the data. */
  get startOffset(): number {
    const dictionary = this.dictionaryPageOffset;
    // Some writers give 0 where there is no dictionary.
    return dictionary !== undefined && dictionary > 0 && dictionary < this.dataPageOffset
      ? dictionary
      : this.dataPageOffset;
  }

  /**
   * Writes it as it stands, byte for byte, or as another file describes it.
   *
   * @param place - What differs.
   */
  write(out: ThriftWriter, place?: ChunkPlace): void {
    const reader = new ThriftReader(this.bytes, this.#start);
    if (place === undefined) {
      reader.skipStruct();
      out.bytes(this.bytes.subarray(this.#start, reader.pos));
      return;
    }
    const fields: RawField[] = [];
    while (reader.field(reader.id)) {
      const field = reader.raw();
      if (field.id !== 1) fields.push(field);
    }
    fields.sort((a, b) => a.id - b.id);
    new StructWriter(out, fields).text(1, place.filePath).end();
  }

  /** A reader at the value of a field of the struct at `struct`; undefined where it is absent or of another type. */
  #find(struct: number, id: number, type: number): ThriftReader | undefined {
    if (struct < 0) return undefined;
    const reader = new ThriftReader(this.bytes, struct);
    while (reader.field(reader.id)) {
      if (reader.id === id) return reader.type === type ? reader : undefined;
      reader.skip(reader.type);
    }
    return undefined;
  }
}

function rawStatistics(bytes: Uint8Array, scanner: StatisticsScanner): RawStatistics {
  const { nullCount, distinctCount, nanCount, isMaxValueExact, isMinValueExact } = scanner;
  const max = view(bytes, scanner.maxAt, scanner.maxLength);
  const min = view(bytes, scanner.minAt, scanner.minLength);
  const maxValue = view(bytes, scanner.maxValueAt, scanner.maxValueLength);
  const minValue = view(bytes, scanner.minValueAt, scanner.minValueLength);
  return {
    ...(max !== undefined && { max }),
    ...(min !== undefined && { min }),
    ...(nullCount >= 0 && { nullCount }),
    ...(distinctCount >= 0 && { distinctCount }),
    ...(maxValue !== undefined && { maxValue }),
    ...(minValue !== undefined && { minValue }),
    ...(isMaxValueExact !== undefined && { isMaxValueExact }),
    ...(isMinValueExact !== undefined && { isMinValueExact }),
    ...(nanCount >= 0 && { nanCount }),
  };
}

function view(bytes: Uint8Array, at: number, length: number): Uint8Array | undefined {
  return length < 0 ? undefined : bytes.subarray(at, at + length);
}

function readPageEncodingStats(reader: ThriftReader): PageEncodingStats {
  let pageType = -1;
  let encoding = -1;
  let count = 0;
  let id = 0;
  while (reader.field(id)) {
    id = reader.id;
    if (reader.type !== I32) reader.skip(reader.type);
    else if (id === 1) pageType = reader.int();
    else if (id === 2) encoding = reader.int();
    else if (id === 3) count = reader.int();
    else reader.skip(I32);
  }
  return { pageType: PAGE_TYPES[pageType] ?? `PAGE_${pageType}`, encoding: encodingName(encoding), count };
}

function readSizeStatistics(reader: ThriftReader): SizeStatistics {
  const sizes: { -readonly [key in keyof SizeStatistics]: SizeStatistics[key] } = {};
  let id = 0;
  while (reader.field(id)) {
    id = reader.id;
    const { type } = reader;
    if (type === I64 && id === 1) sizes.unencodedByteArrayBytes = reader.int();
    else if (type === LIST && id === 2) sizes.repetitionLevelHistogram = elements(reader, I64, readInt);
    else if (type === LIST && id === 3) sizes.definitionLevelHistogram = elements(reader, I64, readInt);
    else reader.skip(type);
  }
  return sizes;
}

function readInt(reader: ThriftReader): number {
  return reader.int();
}

/** The elements of the list at the reader's place. */
export function elements<T>(reader: ThriftReader, type: number, read: (reader: ThriftReader) => T): T[] {
  const size = reader.listOf(type);
  const values: T[] = [];
  for (let i = 0; i < size; i++) values.push(read(reader));
  return values;
}

function encodingName(code: number): string {
  return ENCODINGS[code] ?? `ENCODING_${code}`;
}
