const ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
const VALUES = new Int16Array(128).fill(-1);
for (let i = 0; i < ALPHABET.length; i++) VALUES[ALPHABET.charCodeAt(i)] = i;

/**
 * Decodes Z85 (ZeroMQ RFC 32): five characters to four bytes.
 * @throws RangeError where the length is not a multiple of five, a character is not of the alphabet, or a group is beyond 2^32
 */
export function decodeZ85(text: string): Uint8Array {
  if (text.length % 5 !== 0) throw new RangeError("the length of Z85 text must be a multiple of 5");
  const bytes = new Uint8Array((text.length / 5) * 4);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < text.length; i += 5) {
    let group = 0;
    for (let j = i; j < i + 5; j++) {
      const value = VALUES[text.charCodeAt(j)] ?? -1;
      if (value < 0) throw new RangeError(`${JSON.stringify(text[j])} is not a character of Z85`);
      group = group * 85 + value;
    }
    if (group > 0xffffffff) throw new RangeError("a group of Z85 text is beyond 2^32");
    view.setUint32((i / 5) * 4, group);
  }
  return bytes;
}
