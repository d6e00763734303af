/** Unix milliseconds, a fraction included, as nanoseconds. */
export function nanoseconds(milliseconds: number): bigint {
  const whole = Math.floor(milliseconds);
  return BigInt(whole) * 1_000_000n + BigInt(Math.round((milliseconds - whole) * 1e6));
}

/** `first`, `first + 1`, … as int64, into `column` where one is given. */
export function ordinals(
  first: number,
  length: number,
  column: BigInt64Array = new BigInt64Array(length),
): BigInt64Array {
  const halves = new Uint32Array(column.buffer);
  for (let i = 0; i < length; i++) halves[2 * i] = first + i;
  let high = Math.floor(first / 2 ** 32);
  const next = (high + 1) * 2 ** 32 - first;
  for (let i = 0; i < length; i++) {
    if (i === next) high++;
    halves[2 * i + 1] = high;
  }
  return column;
}
