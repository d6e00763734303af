/**
 * Walks `count` values in the hybrid of runs and bit-packed groups that lies from `start` to `end`, and sees that they are there and that none is above `most`.
 * With `out` they are put into it. Without, no memory is taken, and runs may not go beyond `count`: a decoder that trusts their length fills memory with them.
 * Linear in bytes and values.
 *
 * @returns how many are the most that they may be
 * @throws RangeError where they are not
 * Source: https://parquet.apache.org/docs/file-format/data-pages/encodings/
 */
export function readHybrid(
  bytes: Uint8Array,
  start: number,
  end: number,
  width: number,
  count: number,
  most: number,
  out?: Uint8Array | Int32Array,
): number {
  if (start < 0 || end > bytes.length || start > end) throw new RangeError("levels lie outside of the page");
  if (width > 32) throw new RangeError(`values of ${width} bits`);
  if (width === 0) {
    if (count > 0 && most < 0) throw aboveMost(0, most);
    out?.fill(0, 0, count);
    return most === 0 ? count : 0;
  }
  const readPacked = width === 1 && out === undefined ? checkBits : width > 24 ? readWide : readNarrow;
  const size = (width + 7) >> 3;
  let at = start;
  let done = 0;
  let atMost = 0;
  while (done < count) {
    let header = 0;
    for (let shift = 0; ; shift += 7) {
      if (at >= end || shift > 28) throw new RangeError(`${count - done} of ${count} values are missing`);
      const byte = bytes[at++]!;
      header |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    const length = header >>> 1;
    if ((header & 1) === 0) {
      if (length > count - done && out === undefined)
        throw new RangeError(`a run of ${length} values where ${count - done} are left`);
      if (at + size > end) throw new RangeError("a run without its value");
      const to = Math.min(count, done + length);
      let value = 0;
      for (let i = 0; i < size; i++) value += bytes[at++]! * 256 ** i;
      if (value > most) throw aboveMost(value, most);
      if (value === most) atMost += to - done;
      out?.fill(value, done, to);
      done = to;
      continue;
    }
    const values = Math.min(length * 8, count - done);
    if (at + Math.ceil((values * width) / 8) > end) throw new RangeError("packed values are cut");
    atMost += readPacked(bytes, at, values, most, width, out, done);
    done += values;
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
  if (most < 1 && ones > most) throw aboveMost(Math.sign(ones), most);
  if (most > 1) return 0;
  return most === 1 ? ones : values;
}

function onesIn(byte: number): number {
  const pairs = byte - ((byte >> 1) & 0x55);
  const fours = (pairs & 0x33) + ((pairs >> 2) & 0x33);
  return (fours + (fours >> 4)) & 0x0f;
}

/** Packed values of so few bits that what is gathered of them stays in 32. Two loops in one function would make all of its numbers floats. */
function readNarrow(
  bytes: Uint8Array,
  start: number,
  values: number,
  most: number,
  width: number,
  out: Uint8Array | Int32Array | undefined,
  first: number,
): number {
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
    if (out !== undefined) out[first + i] = value;
  }
  return atMost;
}

/** Packed values wider than what 32 bits can gather: by arithmetic. */
function readWide(
  bytes: Uint8Array,
  start: number,
  values: number,
  most: number,
  width: number,
  out: Uint8Array | Int32Array | undefined,
  first: number,
): number {
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
    if (out !== undefined) out[first + i] = value;
  }
  return atMost;
}

function aboveMost(value: number, most: number): RangeError {
  return new RangeError(`a value of ${value} where ${most} is the most`);
}
