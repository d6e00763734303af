import { PitotError } from "@pitot/core";
import type { RangeSource } from "../io/range-source.ts";
import type { Scalar } from "./column-bounds.ts";
import type { ColumnChunk } from "./column-chunk.ts";
import type { LeafColumn } from "./leaf-column.ts";
import { plainBytes } from "./plain-bytes.ts";
import { I32, STRUCT, ThriftReader } from "./thrift-compact-reader.ts";
import { xxhash64 } from "./xxhash64.ts";

const BLOCK_BYTES = 32;
// The format's own limit.
const LARGEST = 128 * 1024 * 1024;
// More than any header takes; filters whose length is not told are read in two requests.
const HEADER_GUESS = 256;
const SALT = [
  0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d, 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31,
] as const;

/** A bloom filter of a column chunk. */
export interface BloomFilter {
  /** Size of its bit set. */
  readonly numBytes: number;
  /** False where the value is not in the chunk for certain. */
  mightContain(value: Scalar): boolean;
}

/**
 * Reads the bloom filter of a column chunk: one range request where the footer tells its length, else two. Undefined where the chunk has none, or one
 * of an algorithm that is not known. Throws IO, and INVALID_DATA where the filter is broken.
 *
 * Source: https://github.com/apache/parquet-format/blob/master/BloomFilter.md
 */
export async function readBloomFilter(
  source: RangeSource,
  chunk: ColumnChunk,
  leaf: LeafColumn,
  signal?: AbortSignal,
): Promise<BloomFilter | undefined> {
  const { bloomFilterOffset: offset, bloomFilterLength: told } = chunk;
  if (offset === undefined || chunk.encrypted) return undefined;
  if (offset < 0 || (told !== undefined && (told < 0 || told > LARGEST + HEADER_GUESS)))
    return broken(source, "lies outside", `${offset}, ${told} bytes`);
  const size = source.byteLength ?? Number.MAX_SAFE_INTEGER;
  const end = Math.min(size, offset + (told ?? HEADER_GUESS));
  if (offset >= end) return broken(source, "lies behind the end of the file", offset);
  let bytes = await source.slice(offset, end, signal);
  const header = readHeader(bytes);
  if (!header.isKnown) return undefined;
  const { numBytes, length } = header;
  if (numBytes <= 0 || numBytes > LARGEST || numBytes % BLOCK_BYTES !== 0)
    return broken(source, "has a size that is none", numBytes);
  if (length + numBytes > bytes.length) {
    if (offset + length + numBytes > size) return broken(source, "is cut", numBytes);
    const start = offset + length;
    bytes = await source.slice(start, start + numBytes, signal);
    return new SplitBlockFilter(bytes, leaf);
  }
  return new SplitBlockFilter(bytes.subarray(length, length + numBytes), leaf);
}

class SplitBlockFilter implements BloomFilter {
  readonly numBytes: number;
  readonly #bits: DataView;
  readonly #leaf: LeafColumn;

  constructor(bits: Uint8Array, leaf: LeafColumn) {
    this.numBytes = bits.length;
    this.#bits = new DataView(bits.buffer, bits.byteOffset, bits.byteLength);
    this.#leaf = leaf;
  }

  mightContain(value: Scalar): boolean {
    // Decimals in bytes and half floats have more than one writing, zero has two, and NaN many.
    const { boundKind } = this.#leaf;
    if (boundKind === "decimalBytes" || boundKind === "float16" || boundKind === "none") return true;
    if (typeof value === "number" && (value === 0 || Number.isNaN(value)) && isFloat(boundKind)) return true;
    const bytes = plainBytes(value, this.#leaf);
    // Not a value of the column's type: whoever asks may convert, so it is not for the filter to say no.
    return bytes === undefined || this.#has(xxhash64(bytes));
  }

  #has(hash: bigint): boolean {
    const blocks = BigInt(this.numBytes / BLOCK_BYTES);
    const block = Number(((hash >> 32n) * blocks) >> 32n) * BLOCK_BYTES;
    const key = Number(hash & 0xffffffffn);
    return SALT.every((salt, word) => {
      const bit = Math.imul(key, salt) >>> 27;
      return ((this.#bits.getUint32(block + word * 4, true) >>> bit) & 1) === 1;
    });
  }
}

function isFloat(kind: LeafColumn["boundKind"]): boolean {
  return kind === "float" || kind === "double";
}

/** Size of the bit set, and length of the header itself. */
function readHeader(bytes: Uint8Array): { numBytes: number; length: number; isKnown: boolean } {
  const reader: ThriftReader = new ThriftReader(bytes);
  let numBytes = -1;
  let id = 0;
  let known = 0;
  while (reader.field(id)) {
    id = reader.id;
    if (id === 1 && reader.type === I32) numBytes = reader.int();
    else if (id > 1 && id < 5 && reader.type === STRUCT) {
      // Split blocks, XXH64, uncompressed: the first and only member of each union.
      let member = 0;
      while (reader.field(member)) {
        member = reader.id;
        reader.skip(reader.type);
      }
      if (member === 1) known++;
    } else reader.skip(reader.type);
  }
  return { numBytes, length: reader.pos, isKnown: known === 3 };
}

function broken(source: RangeSource, problem: string, value: unknown): never {
  throw new PitotError("INVALID_DATA", `${source.location}: a bloom filter ${problem}`, {
    value,
    remedy: "Read the file without bloom filters, or write it anew",
  });
}
