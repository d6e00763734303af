import { DataType, type Data, type Vector } from "apache-arrow";
import { ByteWriter, type ParquetWriter, type SchemaElement, type Writer } from "hyparquet-writer";
import { writePageHeader } from "hyparquet-writer/src/datapage.js";
import { writeRleBitPackedHybrid } from "hyparquet-writer/src/encoding.js";
import { snappyCompress } from "hyparquet-writer/src/snappy.js";
import { plainStrings, plainValues, type PlainValues } from "./parquet-values.ts";

type ColumnChunk = ParquetWriter["row_groups"][number]["columns"][number];
type PageHeader = Omit<
  Parameters<typeof writePageHeader>[1],
  "uncompressed_page_size" | "compressed_page_size"
>;

const NOTHING = new Uint8Array(0);
const NONE: PlainValues = { bytes: NOTHING, count: 0, min: undefined, max: undefined };

/**
 * Writes one flat column of one row group as Parquet has it, from the buffers of Arrow as they are: no value becomes an object of its own.
 * Dictionaries stay dictionaries, what is fixed in width is copied.
 *
 * Source: https://parquet.apache.org/docs/file-format/data-pages/
 *
 * @param parts the column in the batches of the row group
 */
export function writeChunk(to: Writer, element: SchemaElement, parts: readonly Data[]): ColumnChunk {
  const rows = sum(parts, ({ length }) => length);
  const nulls = sum(parts, ({ nullCount }) => nullCount);
  const pages = new Pages(to);
  const dictionary =
    nulls < rows && DataType.isDictionary(parts[0]!.type) ? unified(parts, rows - nulls) : undefined;
  const values =
    nulls === rows ? NONE : dictionary === undefined ? plainValues(parts) : plainStrings(dictionary.values);
  if (dictionary !== undefined)
    pages.write(
      {
        type: "DICTIONARY_PAGE",
        dictionary_page_header: { num_values: values.count, encoding: "PLAIN" },
      },
      NOTHING,
      values.bytes,
    );
  const dataOffset = to.offset;
  const levels = element.repetition_type === "REQUIRED" ? NOTHING : definitionLevels(parts, rows, nulls);
  pages.write(
    {
      type: "DATA_PAGE_V2",
      data_page_header_v2: {
        num_values: rows,
        num_nulls: nulls,
        num_rows: rows,
        encoding: dictionary === undefined ? "PLAIN" : "RLE_DICTIONARY",
        definition_levels_byte_length: levels.length,
        repetition_levels_byte_length: 0,
        is_compressed: true,
      },
    },
    levels,
    dictionary === undefined ? values.bytes : indexes(dictionary.codes, values.count),
  );
  return {
    file_offset: BigInt(pages.start),
    meta_data: {
      type: element.type!,
      encodings: dictionary === undefined ? ["PLAIN", "RLE"] : ["PLAIN", "RLE", "RLE_DICTIONARY"],
      path_in_schema: [element.name],
      codec: "SNAPPY",
      num_values: BigInt(rows),
      total_uncompressed_size: BigInt(pages.uncompressed),
      total_compressed_size: BigInt(to.offset - pages.start),
      data_page_offset: BigInt(dataOffset),
      ...(dictionary === undefined ? {} : { dictionary_page_offset: BigInt(pages.start) }),
      statistics: {
        null_count: BigInt(nulls),
        ...(values.min === undefined ? {} : { min_value: values.min }),
        ...(values.max === undefined ? {} : { max_value: values.max }),
      },
    },
  };
}

/** The pages of a column chunk. */
class Pages {
  readonly start: number;
  /** Bytes of all pages with their headers, as they are before compression. */
  uncompressed = 0;
  readonly #to: Writer;

  constructor(to: Writer) {
    this.#to = to;
    this.start = to.offset;
  }

  write(header: PageHeader, levels: Uint8Array, body: Uint8Array): void {
    const compressed = snappyCompress(body);
    const at = this.#to.offset;
    writePageHeader(this.#to, {
      ...header,
      uncompressed_page_size: levels.length + body.length,
      compressed_page_size: levels.length + compressed.length,
    });
    this.uncompressed += this.#to.offset - at + levels.length + body.length;
    this.#to.appendBytes(levels);
    this.#to.appendBytes(compressed);
  }
}

/** Which rows have a value. */
function definitionLevels(parts: readonly Data[], rows: number, nulls: number): Uint8Array {
  const writer = new ByteWriter();
  if (nulls === 0 || nulls === rows) {
    // One run, without a look at each.
    writer.appendVarInt(rows << 1);
    writer.appendUint8(nulls === 0 ? 1 : 0);
    return writer.getBytes();
  }
  const levels = new Uint8Array(rows);
  let at = 0;
  for (const part of parts)
    for (let row = 0; row < part.length; row++)
      levels[at++] = part.nullCount === 0 || part.getValid(row) ? 1 : 0;
  writeRleBitPackedHybrid(writer, levels, 1);
  return writer.getBytes();
}

/** The dictionaries of several batches as one, of those values alone that occur, and the codes of the rows that have one. */
function unified(parts: readonly Data[], count: number): { values: string[]; codes: Int32Array } {
  const codes = new Int32Array(count);
  const values: string[] = [];
  const places = new Map<string, number>();
  let known: Vector | undefined;
  let mapped = new Int32Array(0);
  let at = 0;
  for (const part of parts) {
    const dictionary = part.dictionary as Vector;
    if (dictionary !== known) {
      known = dictionary;
      mapped = new Int32Array(dictionary.length).fill(-1);
    }
    const ofPart = part.values as Int32Array;
    for (let row = 0; row < part.length; row++) {
      if (part.nullCount > 0 && !part.getValid(row)) continue;
      const code = ofPart[row]!;
      let place = mapped[code]!;
      if (place < 0) {
        const value = String(dictionary.get(code));
        place = places.get(value) ?? values.push(value) - 1;
        places.set(value, place);
        mapped[code] = place;
      }
      codes[at++] = place;
    }
  }
  return { values, codes };
}

/** Codes of a dictionary of so many values, in as few bits as they need. */
function indexes(codes: Int32Array, values: number): Uint8Array {
  const writer = new ByteWriter();
  const bits = Math.ceil(Math.log2(values));
  writer.appendUint8(bits);
  writeRleBitPackedHybrid(writer, codes, bits);
  return writer.getBytes();
}

function sum(parts: readonly Data[], of: (part: Data) => number): number {
  return parts.reduce((total, part) => total + of(part), 0);
}
