// Above some size, a call out of JavaScript is cheaper than a loop in it.
const SHORT = 32;

/** The text of `length` bytes at `at` where they are few and ASCII, as names and bounds mostly are; else undefined. */
export function shortAscii(bytes: Uint8Array, at: number, length: number): string | undefined {
  if (length > SHORT) return undefined;
  const end = at + length;
  let text = "";
  let i = at;
  // Each addition makes a string of its own, so four at once.
  for (; i + 4 <= end; i += 4) {
    const [a, b, c, d] = [bytes[i]!, bytes[i + 1]!, bytes[i + 2]!, bytes[i + 3]!];
    if ((a | b | c | d) > 127) return undefined;
    text += String.fromCharCode(a, b, c, d);
  }
  for (; i < end; i++) {
    const code = bytes[i]!;
    if (code > 127) return undefined;
    text += String.fromCharCode(code);
  }
  return text;
}

/** The text of `length` bytes at `at`; what is no UTF-8 reads as U+FFFD. */
export function utf8(bytes: Uint8Array, at: number, length: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, length).toString("utf8");
}
