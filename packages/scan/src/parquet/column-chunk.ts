import { PHYSICAL_TYPES, type KeyValue, type PhysicalType } from "./file-metadata.ts";
import { decodeKeyValues } from "./key-values.ts";
import {
  BINARY,
  FALSE,
  I32,
  I64,
  LIST,
  type RawField,
  STRUCT,
  ThriftReader,
  TRUE,
} from "./thrift-compact-reader.ts";
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

// Type, path, codec, number of values, both sizes and the offset of the data, by one bit each. Encodings may be left out: nothing needs them.
const REQUIRED = (1 << 1) | (1 << 3) | (1 << 4) | (1 << 5) | (1 << 6) | (1 << 7) | (1 << 9);

/** Statistics of a column chunk as they stand in the file: bounds are raw bytes, in the plain encoding. */
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
 * One column of one row group, as a view of the footer's bytes. Offsets, sizes and counts are read once; everything of variable length
 * is read when asked for, since a footer of 10,000 chunks is mostly asked for a few. The bytes were checked when the footer
 * was read, so getters do not throw for hostile bytes of structure, only for a field of an unexpected type.
 *
 * Fields that are absent are undefined.
 */
export class ColumnChunk {
  readonly #bytes: Uint8Array;
  readonly #start: number;
  #end = 0;
  #pathAt = -1;
  #encodingsAt = -1;
  #statisticsAt = -1;
  #filePathAt = -1;
  #keyValuesAt = -1;
  #encodingStatsAt = -1;
  #sizeStatisticsAt = -1;
  #typeCode = -1;
  #codecCode = -1;

  /** Where the metadata were once more written beside the data; 0 in most files. */
  fileOffset = 0;
  numValues = 0;
  totalUncompressedSize = 0;
  totalCompressedSize = 0;
  dataPageOffset = 0;
  indexPageOffset: number | undefined = undefined;
  dictionaryPageOffset: number | undefined = undefined;
  offsetIndexOffset: number | undefined = undefined;
  offsetIndexLength: number | undefined = undefined;
  columnIndexOffset: number | undefined = undefined;
  columnIndexLength: number | undefined = undefined;
  bloomFilterOffset: number | undefined = undefined;
  bloomFilterLength: number | undefined = undefined;
  /** Whether its pages are encrypted. */
  encrypted = false;
  /** False where its metadata are encrypted too: then only the offsets of its indexes are known. */
  hasMetadata = false;

  /** Reads the chunk at the reader's place, and goes behind it. Throws INVALID_DATA. */
  constructor(reader: ThriftReader) {
    this.#bytes = reader.bytes;
    this.#start = reader.pos;
    let id = 0;
    while (reader.field(id)) {
      id = reader.id;
      const { type } = reader;
      if (id === 3 && type === STRUCT) {
        this.hasMetadata = true;
        this.#readMetadata(reader);
      } else if (id === 1 && type === BINARY) {
        this.#filePathAt = reader.pos;
        reader.skip(type);
      } else if (type === I64 && id === 2) this.fileOffset = reader.int();
      else if (type === I64 && id === 4) this.offsetIndexOffset = reader.int();
      else if (type === I32 && id === 5) this.offsetIndexLength = reader.int();
      else if (type === I64 && id === 6) this.columnIndexOffset = reader.int();
      else if (type === I32 && id === 7) this.columnIndexLength = reader.int();
      else {
        if (id === 8 || id === 9) this.encrypted = true;
        reader.skip(type);
      }
    }
    this.#end = reader.pos;
    if (!this.hasMetadata && !this.encrypted) reader.fail("A column chunk has no metadata", this.#start);
  }

  #readMetadata(reader: ThriftReader): void {
    let id = 0;
    let seen = 0;
    while (reader.field(id)) {
      id = reader.id;
      const { type } = reader;
      switch (type) {
        case I64:
          switch (id) {
            case 5:
              this.numValues = reader.int();
              break;
            case 6:
              this.totalUncompressedSize = reader.int();
              break;
            case 7:
              this.totalCompressedSize = reader.int();
              break;
            case 9:
              this.dataPageOffset = reader.int();
              break;
            case 10:
              this.indexPageOffset = reader.int();
              break;
            case 11:
              this.dictionaryPageOffset = reader.int();
              break;
            case 14:
              this.bloomFilterOffset = reader.int();
              break;
            default:
              reader.skip(type);
              continue;
          }
          break;
        case I32:
          if (id === 1) this.#typeCode = reader.int();
          else if (id === 4) this.#codecCode = reader.int();
          else if (id === 15) this.bloomFilterLength = reader.int();
          else {
            reader.skip(type);
            continue;
          }
          break;
        case LIST:
          if (id === 2) this.#encodingsAt = reader.pos;
          else if (id === 3) this.#pathAt = reader.pos;
          else if (id === 8) this.#keyValuesAt = reader.pos;
          else if (id === 13) this.#encodingStatsAt = reader.pos;
          reader.skip(type);
          break;
        case STRUCT:
          if (id === 12) this.#statisticsAt = reader.pos;
          else if (id === 16) this.#sizeStatisticsAt = reader.pos;
          reader.skip(type);
          break;
        default:
          reader.skip(type);
          continue;
      }
      if (id < 32) seen |= 1 << id;
    }
    if ((seen & REQUIRED) !== REQUIRED) reader.fail("The metadata of a column chunk lack a field", seen);
  }

  /** Path of the file that has the data, relative to this one; undefined where it is this file. */
  get filePath(): string | undefined {
    return this.#filePathAt < 0 ? undefined : this.#reader(this.#filePathAt).text();
  }

  /** Undefined where it is a type that no version of the format has. */
  get type(): PhysicalType | undefined {
    return PHYSICAL_TYPES[this.#typeCode];
  }

  /** `SNAPPY`, or `CODEC_12` where the code is not known. */
  get codec(): string {
    return CODECS[this.#codecCode] ?? `CODEC_${this.#codecCode}`;
  }

  get encodings(): readonly string[] {
    return this.#encodingsAt < 0
      ? []
      : elements(this.#reader(this.#encodingsAt), I32, (reader) => encodingName(reader.int()));
  }

  /** Names from the root, which is left out. */
  get pathInSchema(): readonly string[] {
    return this.#pathAt < 0
      ? []
      : elements(this.#reader(this.#pathAt), BINARY, (reader) => reader.text());
  }

  get keyValueMetadata(): readonly KeyValue[] | undefined {
    return this.#keyValuesAt < 0 ? undefined : decodeKeyValues(this.#reader(this.#keyValuesAt));
  }

  /** As they stand; {@link columnBounds} says what they mean. */
  get statistics(): RawStatistics | undefined {
    return this.#statisticsAt < 0 ? undefined : readStatistics(this.#reader(this.#statisticsAt));
  }

  get encodingStats(): readonly PageEncodingStats[] | undefined {
    return this.#encodingStatsAt < 0
      ? undefined
      : elements(this.#reader(this.#encodingStatsAt), STRUCT, readPageEncodingStats);
  }

  get sizeStatistics(): SizeStatistics | undefined {
    return this.#sizeStatisticsAt < 0 ? undefined : readSizeStatistics(this.#reader(this.#sizeStatisticsAt));
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
    if (place === undefined) {
      out.bytes(this.#bytes.subarray(this.#start, this.#end));
      return;
    }
    const reader = this.#reader(this.#start);
    const fields: RawField[] = [];
    while (reader.field(reader.id)) {
      const field = reader.raw();
      if (field.id !== 1) fields.push(field);
    }
    fields.sort((a, b) => a.id - b.id);
    new StructWriter(out, fields).text(1, place.filePath).end();
  }

  #reader(at: number): ThriftReader {
    return new ThriftReader(this.#bytes, at, this.#end);
  }
}

function readStatistics(reader: ThriftReader): RawStatistics {
  const statistics: { -readonly [key in keyof RawStatistics]: RawStatistics[key] } = {};
  while (reader.field(reader.id)) {
    const { id, type } = reader;
    if (type === BINARY && id === 1) statistics.max = reader.binary();
    else if (type === BINARY && id === 2) statistics.min = reader.binary();
    else if (type === I64 && id === 3) statistics.nullCount = reader.int();
    else if (type === I64 && id === 4) statistics.distinctCount = reader.int();
    else if (type === BINARY && id === 5) statistics.maxValue = reader.binary();
    else if (type === BINARY && id === 6) statistics.minValue = reader.binary();
    else if (type <= FALSE && id === 7) statistics.isMaxValueExact = type === TRUE;
    else if (type <= FALSE && id === 8) statistics.isMinValueExact = type === TRUE;
    else if (type === I64 && id === 9) statistics.nanCount = reader.int();
    else reader.skip(type);
  }
  return statistics;
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
  while (reader.field(reader.id)) {
    const { id, type } = reader;
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
