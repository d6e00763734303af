import { PitotError } from "@pitot/core";
import { CompressionType, compressionRegistry } from "apache-arrow";
import { decompress } from "fzstd";
import { decompressLz4Frame } from "./lz4-frame.ts";
import { zstdCapacity } from "./zstd-capacity.ts";

/** Small inputs may unpack to this much, larger ones to so many times their size, as LZ4 can at most. */
const LEAST_LIMIT = 2 ** 28;
const TIMES = 256;

interface Decoder {
  readonly decode: (bytes: Uint8Array) => Uint8Array;
  /** The most that bytes can unpack to; 0 where no more than {@link TIMES} as much. */
  readonly capacity: (bytes: Uint8Array) => number;
}

const DECODERS = new Map<CompressionType, Decoder>([
  [CompressionType.LZ4_FRAME, { decode: decompressLz4Frame, capacity: () => 0 }],
  [CompressionType.ZSTD, { decode: (bytes) => aligned(decompress(bytes)), capacity: zstdCapacity }],
]);

/**
 * Runs `read`, which reads an input of `inputBytes`, with decoders of both compressions that Arrow IPC has. apache-arrow's registry is the
 * application's too, so it is left as it was, and decoders that are there are used.
 *
 * @throws PitotError UNSUPPORTED where all buffers together unpack to more than 256 MiB and 256 times the input: a few kilobytes that are a
 * gigabyte are more likely meant to end the process than to be read
 */
export function withCodecs<T>(inputBytes: number, read: () => T): T {
  const limit = Math.max(LEAST_LIMIT, TIMES * inputBytes);
  let left = limit;
  const take = (bytes: number): void => {
    if (bytes > left)
      throw new PitotError("UNSUPPORTED", "These Arrow IPC bytes unpack to more than is read at once", {
        value: `${inputBytes} bytes, over ${limit} unpacked`,
        remedy:
          "Write them in smaller parts or uncompressed, or read them by apache-arrow and give its table.",
      });
  };
  const { registry } = compressionRegistry as unknown as Registry;
  const before = { ...registry };
  for (const [type, { decode, capacity }] of DECODERS) {
    const own = before[type]?.decode ?? decode;
    registry[type] = {
      ...before[type],
      decode: (bytes) => {
        take(capacity(bytes));
        const unpacked = own(bytes);
        take(unpacked.length);
        left -= unpacked.length;
        return unpacked;
      },
    };
  }
  try {
    return read();
  } finally {
    for (const type of DECODERS.keys())
      if (before[type] === undefined) delete registry[type];
      else registry[type] = before[type];
  }
}

/** Buffers of 64-bit values begin at multiples of 8. */
function aligned(bytes: Uint8Array): Uint8Array {
  return (bytes.byteOffset & 7) === 0 ? bytes : bytes.slice();
}

/** The registry has no way to take a codec out, and none to put one in that only decodes. */
interface Registry {
  readonly registry: Partial<Record<CompressionType, Partial<Pick<Decoder, "decode">>>>;
}
