/**
 * Decompresses an LZ4 frame, which is how Arrow uses LZ4. Checksums are not looked at; the packages of npm that know frames are native, or have not
 * been kept up for years.
 *
 * Source: https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md and lz4_Block_format.md
 *
 * @throws Error or RangeError for bytes that are no whole frame
 */
export function decompressLz4Frame(frame: Uint8Array): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (view.getUint32(0, true) !== 0x184d2204) throw new Error("no LZ4 frame");
  const flags = view.getUint8(4);
  const [blockChecksums, contentSize, dictionary] = [flags & 16, flags & 8, flags & 1];
  if (dictionary) throw new Error("an LZ4 frame with a dictionary");
  const output = new Output();
  let at = contentSize ? 15 : 7;
  for (;;) {
    const word = view.getUint32(at, true);
    at += 4;
    if (word === 0) return output.bytes();
    const end = at + (word & 0x7fffffff);
    if (end > frame.length) throw new Error("an LZ4 block that is cut off");
    if (word >>> 31) output.append(frame, at, end);
    else decompressBlock(frame, at, end, output);
    at = end + (blockChecksums ? 4 : 0);
  }
}

/** Sequences of literals and a match; matches may reach into blocks before. */
function decompressBlock(source: Uint8Array, from: number, end: number, output: Output): void {
  let at = from;
  const length = (nibble: number): number => {
    let size = nibble;
    for (let byte = nibble === 15 ? 255 : 0; byte === 255; size += byte) byte = source[at++] ?? 0;
    return size;
  };
  while (at < end) {
    const token = source[at++]!;
    const literals = length(token >>> 4);
    if (at + literals > end) throw new Error("literals of an LZ4 block that are cut off");
    output.append(source, at, at + literals);
    at += literals;
    // The last sequence has no match.
    if (at === end) return;
    const offset = source[at]! | (source[at + 1]! << 8);
    at += 2;
    output.repeat(offset, length(token & 15) + 4);
  }
}

/** Bytes that grow. */
class Output {
  #bytes = new Uint8Array(65_536);
  #length = 0;

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  append(source: Uint8Array, from: number, to: number): void {
    this.#ensure(to - from);
    this.#bytes.set(source.subarray(from, to), this.#length);
    this.#length += to - from;
  }

  /** Copies what was written `offset` bytes before, which may run into what is being written. */
  repeat(offset: number, length: number): void {
    const start = this.#length - offset;
    if (offset === 0 || start < 0) throw new Error("an LZ4 match before the first byte");
    this.#ensure(length);
    const bytes = this.#bytes;
    const at = this.#length;
    if (offset >= length) bytes.copyWithin(at, start, start + length);
    else for (let i = 0; i < length; i++) bytes[at + i] = bytes[start + i]!;
    this.#length += length;
  }

  #ensure(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
