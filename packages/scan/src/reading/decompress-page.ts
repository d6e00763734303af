import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { compressors, decompressZstd } from "hyparquet-compressors";

// The most that a byte can stand for: a page that claims more is refused before memory is taken for it.
const MOST_PER_BYTE: Readonly<Record<string, number>> = { SNAPPY: 64, LZ4: 256, LZ4_RAW: 256, LZO: 256 };

const GZIP_MAGIC = [0x1f, 0x8b] as const;

/**
 * A page of `length` bytes, in memory of its own where it was compressed. Takes no more memory than the page really has.
 * @throws RangeError, or what the codec throws, where the bytes are not those of such a page
 */
export function decompressPage(bytes: Uint8Array, length: number, codec: string): Uint8Array {
  const page = length === 0 && bytes.length === 0 ? bytes : decompressed(bytes, length, codec);
  if (page.length !== length) throw new RangeError(`a page has ${page.length} bytes, not ${length}`);
  if (codec === "UNCOMPRESSED") return page;
  // A view of a larger buffer would show the decoder what is not the page's, and a Buffer's own `slice` is one.
  return page.byteLength === page.buffer.byteLength ? new Uint8Array(page.buffer) : new Uint8Array(page);
}

function decompressed(bytes: Uint8Array, length: number, codec: string): Uint8Array {
  const limit = { maxOutputLength: Math.max(1, length) };
  switch (codec) {
    case "UNCOMPRESSED":
      return bytes;
    case "BROTLI":
      return brotliDecompressSync(bytes, limit);
    case "GZIP":
      if (GZIP_MAGIC.every((byte, i) => bytes[i] === byte)) return gunzipSync(bytes, limit);
      break;
    case "ZSTD":
      // Without a buffer of its own it takes as much as the frame says.
      if (length > bytes.length * 2 ** 16) throw new RangeError(`${bytes.length} bytes stand for ${length}`);
      return new Uint8Array(decompressZstd(bytes, new ZstdOutput(length)).buffer);
    default:
      if (length > bytes.length * (MOST_PER_BYTE[codec] ?? 0) + 64)
        throw new RangeError(`${bytes.length} bytes of ${codec} stand for ${length}`);
  }
  const name = codec === "LZ4" && !hasHadoopFrames(bytes) ? "LZ4_RAW" : codec;
  const decompress = compressors[name as keyof typeof compressors];
  if (decompress === undefined) throw new RangeError(`the codec ${codec} is not known`);
  return decompress(bytes, length);
}

/**
 * Whether a page of the codec LZ4 is in frames as Hadoop writes them, each with its two lengths before it; it is one block otherwise. The
 * decoder tries both, but a length below zero sends it back, for seconds or for ever.
 */
function hasHadoopFrames(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at + 8 < bytes.length) {
    const size = view.getInt32(at + 4);
    if (size < 0) return false;
    at += 8 + size;
  }
  return at === bytes.length;
}

/**
 * Where the zstd decoder puts a page. The decoder asks of its output whether it equals 1, and an array answers that by printing all of its
 * elements, which took longer than decoding: this one says no at once.
 */
class ZstdOutput extends Uint8Array {
  [Symbol.toPrimitive](): number {
    return Number.NaN;
  }
}
