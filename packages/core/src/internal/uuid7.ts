import { randomFillSync } from "node:crypto";

const pool = new Uint8Array(16 * 64);
let used = pool.length;
let lastMs = 0;
let counter = 0;

/**
 * A UUID of version 7 (RFC 9562 §5.7): sorts by creation time, also within one millisecond and
 * when the clock steps back, because `rand_a` is a counter (§6.2, method 1).
 */
export function uuid7(): string {
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    counter = 0;
  } else if (++counter > 0xfff) {
    lastMs += 1;
    counter = 0;
  }
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const random = Buffer.from(pool.buffer, pool.byteOffset + used, 8);
  used += 8;
  const time = lastMs.toString(16).padStart(12, "0");
  const variant = ((random[0]! & 0x3f) | 0x80).toString(16);
  const tail = random.toString("hex", 1);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${counter.toString(16).padStart(3, "0")}-${variant}${tail.slice(0, 2)}-${tail.slice(2)}`;
}
