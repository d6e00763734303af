/** A stream of deltas that was stepped over. */
export interface DeltaStream {
  /** The values, as 32 bits; none where they were not asked for. */
  readonly values: Int32Array;
  /** Where the bytes after it begin. */
  readonly end: number;
}

const LARGEST_BLOCK = 1 << 20;

/**
 * Checks a stream of `count` binary-packed deltas at `start`: that its blocks are ones, and lie within `bytes`. With `keep`, gives the values, modulo 2^32.
 *
 * @param widest - Bits of a delta: 32 or 64.
 * @throws RangeError where it is none
 * Source: https://parquet.apache.org/docs/file-format/data-pages/encodings/#delta-encoding-delta_binary_packed--5
 */
export function deltaStream(
  bytes: Uint8Array,
  start: number,
  count: number,
  widest: number,
  keep: boolean,
): DeltaStream {
  let at = start;
  /** The low 32 bits of a number of at most 10 bytes. */
  const varint = (): number => {
    let low = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (at >= bytes.length) throw new RangeError("deltas end in the middle");
      const byte = bytes[at++]!;
      if (shift < 32) low |= (byte & 127) << shift;
      if (byte < 128) return low;
    }
    throw new RangeError("a delta does not end");
  };
  // The sign is right where the number has 32 bits; lengths of more are refused by those who ask for them.
  const zigzag = (): number => {
    const value = varint();
    return (value >>> 1) ^ -(value & 1);
  };
  const block = varint() >>> 0;
  const miniblocks = varint() >>> 0;
  const total = varint() >>> 0;
  const per = block / miniblocks;
  if (block === 0 || block > LARGEST_BLOCK || per % 8 !== 0)
    throw new RangeError(`blocks of ${block} deltas in ${miniblocks} parts`);
  if (total < count) throw new RangeError(`${total} deltas where ${count} are asked for`);
  const values = new Int32Array(keep ? count : 0);
  let value = zigzag();
  if (keep && count > 0) values[0] = value;
  for (let done = 1; done < count;) {
    const least = zigzag();
    const widths = at;
    at += miniblocks;
    if (at > bytes.length) throw new RangeError("deltas end in the middle");
    for (let i = 0; i < miniblocks && done < count; i++) {
      const width = bytes[widths + i]!;
      if (width > widest) throw new RangeError(`a delta of ${width} bits`);
      const from = at;
      at += (per * width) / 8;
      const here = Math.min(per, count - done);
      if (from + Math.ceil((here * width) / 8) > bytes.length)
        throw new RangeError("deltas end in the middle");
      if (keep)
        for (let k = 0; k < here; k++) {
          value = (value + least + packed(bytes, from, k * width, width)) | 0;
          values[done + k] = value;
        }
      done += here;
    }
  }
  return { values, end: at };
}

/** The low 32 bits of a value of `width` bits. */
function packed(bytes: Uint8Array, start: number, bit: number, width: number): number {
  let value = 0;
  for (let read = 0; read < width && read < 32;) {
    const at = bit + read;
    const taken = Math.min(8 - (at & 7), width - read);
    value |= ((bytes[start + (at >> 3)]! >>> (at & 7)) & ((1 << taken) - 1)) << read;
    read += taken;
  }
  return value;
}
