/** Unix milliseconds as int64 nanoseconds, without making a BigInt per row. */
export function nanoseconds(milliseconds: Float64Array, length: number): BigInt64Array {
  const result = new BigInt64Array(length);
  const halves = new Uint32Array(result.buffer);
  for (let i = 0; i < length; i++) {
    // Rows of one millisecond are many.
    if (i > 0 && milliseconds[i] === milliseconds[i - 1]) {
      halves[2 * i] = halves[2 * i - 2]!;
      halves[2 * i + 1] = halves[2 * i - 1]!;
      continue;
    }
    const whole = Math.floor(milliseconds[i]!);
    const high = Math.floor(whole / 2 ** 22);
    const rest = whole - high * 2 ** 22;
    // whole · 10^6 = high · 2^22 · 10^6 + rest · 10^6, each product exact in a double
    const a = high * 15625; // · 2^28 (2^22 · 10^6 = 15625 · 2^28)
    const b = rest * 1e6 + Math.round((milliseconds[i]! - whole) * 1e6);
    const lowSum = (a % 16) * 2 ** 28 + (b % 2 ** 32);
    halves[2 * i] = lowSum >>> 0;
    halves[2 * i + 1] = Math.floor(a / 16) + Math.floor(b / 2 ** 32) + Math.floor(lowSum / 2 ** 32);
  }
  return result;
}

/** `first`, `first + 1`, … as int64. */
export function ordinals(first: number, length: number): BigInt64Array {
  const result = new BigInt64Array(length);
  const halves = new Uint32Array(result.buffer);
  for (let i = 0; i < length; i++) {
    const value = first + i;
    halves[2 * i] = value >>> 0;
    halves[2 * i + 1] = Math.floor(value / 2 ** 32);
  }
  return result;
}
