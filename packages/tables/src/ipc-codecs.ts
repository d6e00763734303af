import { CompressionType, compressionRegistry } from "apache-arrow";
import { decompress } from "fzstd";
import { decompressLz4Frame } from "./lz4-frame.ts";

const CODECS = [
  [CompressionType.LZ4_FRAME, { decode: decompressLz4Frame }],
  [CompressionType.ZSTD, { decode: (bytes: Uint8Array): Uint8Array => aligned(decompress(bytes)) }],
] as const;

/**
 * Runs `read` with decoders of both compressions that Arrow IPC has. apache-arrow's registry is the application's too, so it is left as it was, and
 * decoders that are there are used.
 */
export function withCodecs<T>(read: () => T): T {
  const own = CODECS.filter(([type]) => compressionRegistry.get(type) === null);
  for (const [type, codec] of own) compressionRegistry.set(type, codec);
  try {
    return read();
  } finally {
    for (const [type] of own) delete (compressionRegistry as unknown as Registry).registry[type];
  }
}

/** Buffers of 64-bit values begin at multiples of 8. */
function aligned(bytes: Uint8Array): Uint8Array {
  return (bytes.byteOffset & 7) === 0 ? bytes : bytes.slice();
}

/** The registry has no way to take a codec out. */
interface Registry {
  readonly registry: Partial<Record<CompressionType, unknown>>;
}
