/** The most that a compressed block can unpack to. */
const BLOCK_BYTES = 128 * 1024;
const MAGIC = 0xfd2fb528;
/** Of a block whose content is one byte, repeated. */
const REPEATED = 1;

/**
 * The most memory that a decoder takes for Zstandard frames, by their headers alone: what a frame tells of its size; where it does not,
 * its window and the sum of its blocks. What is no frame counts for nothing: it is refused where it is read.
 *
 * Source: RFC 8878, 3.1.1
 */
export function zstdCapacity(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const number = (at: number, length: number): number => {
    let value = 0;
    for (let i = length - 1; i >= 0; i--) value = value * 256 + (bytes[at + i] ?? 0);
    return value;
  };
  let capacity = 0;
  for (let at = 0; at + 6 <= bytes.length && view.getUint32(at, true) === MAGIC;) {
    const flags = bytes[at + 4]!;
    const isSingle = (flags & 32) !== 0;
    const window = isSingle ? 0 : windowOf(bytes[at + 5]!);
    at += isSingle ? 5 : 6;
    at += [0, 1, 2, 4][flags & 3]!;
    const sizeBytes = flags >> 6 === 0 ? Number(isSingle) : 1 << (flags >> 6);
    const told = number(at, sizeBytes) + (sizeBytes === 2 ? 256 : 0);
    at += sizeBytes;
    let blocks = 0;
    for (let last = false; !last && at + 3 <= bytes.length;) {
      const header = number(at, 3);
      const [type, size] = [(header >> 1) & 3, header >> 3];
      last = (header & 1) === 1;
      blocks += type <= REPEATED ? size : BLOCK_BYTES;
      at += 3 + (type === REPEATED ? 1 : size);
    }
    capacity += told || Math.max(window, blocks);
    if ((flags & 4) !== 0) at += 4;
  }
  return capacity;
}

/** What a decoder holds at least, where a frame does not tell its size. */
function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}
