/** What a stream of levels or dictionary indexes has. */
export interface HybridCount {
  /** How many are 0. */
  readonly zeros: number;
  /** How many are the most that they may be. */
  readonly atMost: number;
}

/**
 * Checks `count` values in the hybrid of runs and bit-packed groups that lies from `start` to `end`: that they are there, and that none is above `most`. A decoder that
 * trusts the length of a run fills memory with it. Linear in bytes and values.
 *
 * @throws RangeError where they are not
 * Source: https://parquet.apache.org/docs/file-format/data-pages/encodings/
 */
export function checkHybrid(
  bytes: Uint8Array,
  start: number,
  end: number,
  width: number,
  count: number,
  most: number,
): HybridCount {
  if (start < 0 || end > bytes.length || start > end) throw new RangeError("levels lie outside of the page");
  if (width > 32) throw new RangeError(`values of ${width} bits`);
  const size = (width + 7) >> 3;
  let at = start;
  let left = count;
  let zeros = 0;
  let atMost = 0;
  while (left > 0) {
    let header = 0;
    for (let shift = 0; ; shift += 7) {
      if (at >= end || shift > 28) throw new RangeError(`${left} of ${count} values are missing`);
      const byte = bytes[at++]!;
      header |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    const length = header >>> 1;
    if ((header & 1) === 0) {
      if (length > left) throw new RangeError(`a run of ${length} values where ${left} are left`);
      if (at + size > end) throw new RangeError("a run without its value");
      let value = 0;
      for (let i = 0; i < size; i++) value += bytes[at++]! * 256 ** i;
      if (value > most) throw new RangeError(`a value of ${value} where ${most} is the most`);
      if (value === 0) zeros += length;
      if (value === most) atMost += length;
      left -= length;
      continue;
    }
    const values = Math.min(length * 8, left);
    if (at + Math.ceil((values * width) / 8) > end) throw new RangeError("packed values are cut");
    const found = checkPacked(bytes, at, width, values, most);
    zeros += found.zeros;
    atMost += found.atMost;
    left -= values;
    at += length * width;
  }
  return { zeros, atMost };
}

function checkPacked(
  bytes: Uint8Array,
  start: number,
  width: number,
  values: number,
  most: number,
): HybridCount {
  let at = start;
  let zeros = 0;
  let atMost = 0;
  let gathered = 0;
  let bits = 0;
  const wide = width > 24;
  const mask = 2 ** width - 1;
  for (let i = 0; i < values; i++) {
    let value: number;
    if (wide) {
      // Wider than what 32 bits can gather: by arithmetic.
      while (bits < width) {
        gathered += bytes[at++]! * 2 ** bits;
        bits += 8;
      }
      value = gathered % 2 ** width;
      gathered = Math.floor(gathered / 2 ** width);
    } else {
      while (bits < width) {
        gathered |= bytes[at++]! << bits;
        bits += 8;
      }
      value = gathered & mask;
      gathered >>>= width;
    }
    bits -= width;
    if (value === 0) zeros++;
    if (value === most) atMost++;
    else if (value > most) throw new RangeError(`a value of ${value} where ${most} is the most`);
  }
  return { zeros, atMost };
}
