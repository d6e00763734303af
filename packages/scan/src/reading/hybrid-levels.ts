/**
 * Checks `count` values in the hybrid of runs and bit-packed groups that lies from `start` to `end`: that they are there, and that none is above `most`. A decoder that
 * trusts the length of a run fills memory with it. Linear in bytes and values.
 *
 * @returns how many are the most that they may be
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
): number {
  if (start < 0 || end > bytes.length || start > end) throw new RangeError("levels lie outside of the page");
  if (width > 32) throw new RangeError(`values of ${width} bits`);
  const checkPacked = width === 1 ? checkBits : width > 24 ? checkWide : checkNarrow;
  const size = (width + 7) >> 3;
  let at = start;
  let left = count;
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
      if (value > most) throw aboveMost(value, most);
      if (value === most) atMost += length;
      left -= length;
      continue;
    }
    const values = Math.min(length * 8, left);
    if (at + Math.ceil((values * width) / 8) > end) throw new RangeError("packed values are cut");
    atMost += checkPacked(bytes, at, values, most, width);
    left -= values;
    at += length * width;
  }
  return atMost;
}

/** Packed values of one bit, as most levels are: eight of them at once. */
function checkBits(bytes: Uint8Array, start: number, values: number, most: number): number {
  const whole = values >> 3;
  let ones = 0;
  for (let at = start; at < start + whole; at++) ones += onesIn(bytes[at]!);
  if ((values & 7) > 0) ones += onesIn(bytes[start + whole]! & ((1 << (values & 7)) - 1));
  if (most === 0 && ones > 0) throw aboveMost(1, most);
  if (most > 1) return 0;
  return most === 1 ? ones : values;
}

function onesIn(byte: number): number {
  const pairs = byte - ((byte >> 1) & 0x55);
  const fours = (pairs & 0x33) + ((pairs >> 2) & 0x33);
  return (fours + (fours >> 4)) & 0x0f;
}

/** Packed values of so few bits that what is gathered of them stays in 32. Two loops in one function would make all of its numbers floats. */
function checkNarrow(bytes: Uint8Array, start: number, values: number, most: number, width: number): number {
  const mask = (1 << width) - 1;
  let at = start;
  let atMost = 0;
  let gathered = 0;
  let bits = 0;
  for (let i = 0; i < values; i++) {
    while (bits < width) {
      gathered |= bytes[at++]! << bits;
      bits += 8;
    }
    const value = gathered & mask;
    gathered >>>= width;
    bits -= width;
    if (value >= most) {
      if (value > most) throw aboveMost(value, most);
      atMost++;
    }
  }
  return atMost;
}

/** Packed values wider than what 32 bits can gather: by arithmetic. */
function checkWide(bytes: Uint8Array, start: number, values: number, most: number, width: number): number {
  let at = start;
  let atMost = 0;
  let gathered = 0;
  let bits = 0;
  for (let i = 0; i < values; i++) {
    while (bits < width) {
      gathered += bytes[at++]! * 2 ** bits;
      bits += 8;
    }
    const value = gathered % 2 ** width;
    gathered = Math.floor(gathered / 2 ** width);
    bits -= width;
    if (value > most) throw aboveMost(value, most);
    if (value === most) atMost++;
  }
  return atMost;
}

function aboveMost(value: number, most: number): RangeError {
  return new RangeError(`a value of ${value} where ${most} is the most`);
}
