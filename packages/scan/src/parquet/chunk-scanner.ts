import { BINARY, FALSE, I32, I64, LIST, STRUCT, type ThriftReader } from "./thrift-compact-reader.ts";

// Type, path, codec, number of values, both sizes and the offset of the data, by one bit each. Encodings may be left out: nothing needs them.
const REQUIRED = (1 << 1) | (1 << 3) | (1 << 4) | (1 << 5) | (1 << 6) | (1 << 7) | (1 << 9);
// Headers of a field whose id is the one after the last, and of a list of one text.
const I32_NEXT = 0x10 | I32;
const LIST_NEXT = 0x10 | LIST;
const ONE_TEXT = 0x10 | BINARY;
const USUAL_BEGINNING = (1 << 1) | (1 << 2) | (1 << 3) | (1 << 4);

/**
 * Goes over one column chunk of a footer: checks its structure, and notes the numbers that nearly every use of a footer asks for and the
 * places of the rest. Footers are mostly column chunks, so this loop is what reading one costs: it holds its place in a local variable and
 * has the few types that chunks are made of inline, where {@link ThriftReader} would be asked for each byte.
 *
 * A read behind the end gives `undefined`, which ends every loop below; the place is compared with the end once, at last.
 */
export class ChunkScanner {
  /** Place of the metadata struct; -1 where there is none. */
  metadataAt = -1;
  /** Place of the statistics struct; -1 where there is none. */
  statisticsAt = -1;
  totalUncompressedSize = 0;
  totalCompressedSize = 0;

  /** Goes over the chunk at the reader's place, and leaves the reader behind it. Throws INVALID_DATA. */
  scan(reader: ThriftReader): void {
    this.metadataAt = -1;
    this.statisticsAt = -1;
    this.totalUncompressedSize = 0;
    this.totalCompressedSize = 0;
    let encrypted = false;
    const { bytes } = reader;
    const start = reader.pos;
    let pos = start;
    let id = 0;
    for (;;) {
      const header = bytes[pos++]!;
      const type = header & 15;
      if (type === 0) break;
      if (header > 15) id += header >>> 4;
      else {
        reader.pos = pos;
        id = reader.int();
        pos = reader.pos;
      }
      if (type === I64 || type === I32) {
        const first = pos;
        while (bytes[pos++]! > 127);
        if (pos - first > 10) reader.fail("A number does not end within 10 bytes", first);
        continue;
      }
      if (id === 8 || id === 9) encrypted = true;
      reader.pos = pos;
      if (id === 3 && type === STRUCT) this.#scanMetadata(reader);
      else reader.skip(type);
      pos = reader.pos;
    }
    reader.pos = pos;
    if (!(pos <= reader.end)) reader.fail("The metadata end within a column chunk", start);
    if (this.metadataAt < 0 && !encrypted) reader.fail("A column chunk has no metadata", start);
  }

  #scanMetadata(reader: ThriftReader): void {
    const { bytes, end } = reader;
    let pos = reader.pos;
    this.metadataAt = pos;
    let seen = 0;
    let id = 0;
    const known = afterUsualBeginning(bytes, pos);
    if (known > 0) {
      pos = known;
      id = 4;
      seen = USUAL_BEGINNING;
    }
    for (;;) {
      const header = bytes[pos++]!;
      const type = header & 15;
      if (type === 0) break;
      if (header > 15) id += header >>> 4;
      else {
        reader.pos = pos;
        id = reader.int();
        pos = reader.pos;
      }
      if (id > 0 && id < 32) seen |= 1 << id;
      if (type === I64 || type === I32) {
        const first = pos;
        if (id === 6 || id === 7) {
          let byte = bytes[pos++]!;
          let value = byte & 127;
          if (byte > 127) {
            byte = bytes[pos++]!;
            value |= (byte & 127) << 7;
            if (byte > 127) {
              byte = bytes[pos++]!;
              value |= (byte & 127) << 14;
            }
          }
          if (byte > 127) {
            reader.pos = first;
            value = reader.int();
            pos = reader.pos;
          } else value = (value >>> 1) ^ -(value & 1);
          if (id === 6) this.totalUncompressedSize = value;
          else this.totalCompressedSize = value;
        } else {
          while (bytes[pos++]! > 127);
          if (pos - first > 10) reader.fail("A number does not end within 10 bytes", first);
        }
      } else if (type === LIST && (id === 2 || id === 3)) {
        const list = bytes[pos++]!;
        let size = list >>> 4;
        if (size === 15) {
          reader.pos = pos;
          size = reader.varint();
          pos = reader.pos;
        }
        if (!(size <= end - pos)) reader.fail("A list has more elements than there are bytes", size);
        const element = id === 2 ? I32 : BINARY;
        if (size > 0 && (list & 15) !== element)
          reader.fail("A list has elements of another type", list & 15);
        for (let i = 0; i < size; i++) {
          const length = bytes[pos++]!;
          if (length > 127) {
            reader.pos = pos - 1;
            reader.skip(element);
            pos = reader.pos;
          } else if (element === BINARY) pos += length;
        }
      } else if (type === STRUCT && id === 12) {
        this.statisticsAt = pos;
        pos = skipStatistics(reader, pos);
      } else {
        reader.pos = pos;
        reader.skip(type);
        pos = reader.pos;
      }
    }
    reader.pos = pos;
    if (!(pos <= end)) reader.fail("The metadata end within a column chunk", this.metadataAt);
    if ((seen & REQUIRED) !== REQUIRED) reader.fail("The metadata of a column chunk lack a field", seen);
  }
}

/**
 * Where the fields after type, encodings, path and codec begin, by which nearly all metadata begin, where all of them are as short as they
 * nearly always are and the path is one name; -1 where not, for the loop that takes everything. A fifth of the time.
 */
function afterUsualBeginning(bytes: Uint8Array, start: number): number {
  const encodings = bytes[start + 3]!;
  if (bytes[start] !== I32_NEXT || bytes[start + 1]! > 127 || bytes[start + 2] !== LIST_NEXT) return -1;
  if ((encodings & 15) !== I32 || encodings >= 0xf0) return -1;
  let pos = start + 4;
  for (const end = pos + (encodings >>> 4); pos < end; pos++) if (bytes[pos]! > 127) return -1;
  if (bytes[pos] !== LIST_NEXT || bytes[pos + 1] !== ONE_TEXT || bytes[pos + 2]! > 127) return -1;
  pos += 3 + bytes[pos + 2]!;
  return bytes[pos] === I32_NEXT && bytes[pos + 1]! < 128 ? pos + 2 : -1;
}

function skipStatistics(reader: ThriftReader, start: number): number {
  const { bytes } = reader;
  let pos = start;
  for (;;) {
    const header = bytes[pos++]!;
    const type = header & 15;
    if (type === 0) return pos;
    if (header > 15 && type === BINARY && bytes[pos]! < 128) pos += bytes[pos]! + 1;
    else if (header > 15 && type === I64 && bytes[pos]! < 128) pos++;
    else if (header < 16 || type > FALSE) {
      reader.pos = pos;
      if (header < 16) reader.int();
      reader.skip(type);
      pos = reader.pos;
    }
  }
}
