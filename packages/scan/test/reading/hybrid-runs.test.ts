import { expect, it } from "vitest";
import { readHybrid } from "../../src/reading/hybrid-runs.ts";
import { random } from "../random.ts";

/** Values as runs and bit-packed groups, in turn, and bytes around them that are not theirs. */
function encoded(values: readonly number[], width: number, next: () => number): Uint8Array {
  const bytes = [0xff, 0xff];
  for (let at = 0; at < values.length;) {
    const run = values.slice(at).findIndex((value) => value !== values[at]);
    const length = run < 0 ? values.length - at : run;
    if (length >= 8 || next() < 0.1) {
      bytes.push(...varint(length * 2));
      for (let i = 0; i < Math.ceil(width / 8); i++) bytes.push(Math.floor(values[at]! / 256 ** i) % 256);
      at += length;
      continue;
    }
    const groups = Math.min(1 + Math.floor(next() * 5), Math.ceil((values.length - at) / 8));
    bytes.push(...varint(groups * 2 + 1));
    let packed = 0n;
    for (let i = 0; i < groups * 8; i++) packed |= BigInt(values[at + i] ?? 0) << BigInt(i * width);
    for (let i = 0; i < groups * width; i++) bytes.push(Number((packed >> BigInt(i * 8)) & 255n));
    at += groups * 8;
  }
  return Uint8Array.from([...bytes, 0xff]);
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
}

it("gives the values of every width, counts those that are the most, and finds one above it", () => {
  const next = random(3);
  for (let width = 1; width <= 32; width++)
    for (let round = 0; round < 20; round++) {
      const most = Math.max(1, Math.floor(next() * 2 ** width));
      const values = Array.from({ length: 1 + Math.floor(next() * 100) }, () => {
        const roll = next();
        return roll < 0.4 ? most : roll < 0.6 ? 0 : Math.floor(next() * (most + 1));
      });
      const bytes = encoded(values, width, next);
      const check = (highest: number, count = values.length): number =>
        readHybrid(bytes, 2, bytes.length - 1, width, count, highest);
      expect(check(most), `${width} bits: ${values.join()}`).toBe(
        values.filter((value) => value === most).length,
      );
      const greatest = Math.max(...values);
      if (greatest > 0) expect(() => check(greatest - 1)).toThrow(RangeError);
      expect(check(2 ** width)).toBe(0);
      for (const out of [
        new Int32Array(values.length),
        ...(width <= 8 ? [new Uint8Array(values.length)] : []),
      ]) {
        expect(readHybrid(bytes, 2, bytes.length - 1, width, values.length, most, out)).toBe(check(most));
        expect([...out].map((value) => (width <= 8 ? value : value >>> 0))).toEqual(values);
      }
      // Groups of eight may hold some more than were asked for.
      expect(() => check(most, values.length + 8)).toThrow(RangeError);
    }
});

it("goes no further than was asked for, where a run does", () => {
  const run = Uint8Array.from([...varint(1000 * 2), 1]);
  expect(() => readHybrid(run, 0, run.length, 1, 10, 1)).toThrow("a run of 1000 values where 10 are left");
  const out = new Uint8Array(12);
  expect(readHybrid(run, 0, run.length, 1, 10, 1, out)).toBe(10);
  expect([...out]).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0]);
});

it("takes values of no bits for zeros, unless not even these are allowed", () => {
  const out = Int32Array.of(7, 7, 7);
  expect(readHybrid(new Uint8Array(0), 0, 0, 0, 2, 0, out)).toBe(2);
  expect([...out]).toEqual([0, 0, 7]);
  expect(readHybrid(new Uint8Array(0), 0, 0, 0, 2, 5)).toBe(0);
  for (const width of [0, 1, 2, 30])
    expect(() => readHybrid(Uint8Array.of(3, 0, 0, 0, 0), 0, 5, width, 1, -1)).toThrow(
      "a value of 0 where -1 is the most",
    );
});
