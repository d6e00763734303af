import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import * as fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { readDeletionVector } from "../../src/delta/deletion-vector.ts";
import { RoaringBitmapArray } from "../../src/delta/roaring-bitmap-array.ts";
import { decodeZ85 } from "../../src/delta/z85.ts";

const root = mkdtempSync(join(tmpdir(), "pitot-dv-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The portable format of a sorted set of rows: containers as runs where `runs` says so. */
function portable(rows: readonly number[], runs = false): Buffer {
  const parts: Buffer[] = [];
  const u16 = (...values: number[]): Buffer => Buffer.from(Uint16Array.from(values).buffer);
  const i32 = (...values: number[]): Buffer => Buffer.from(Int32Array.from(values).buffer);
  const highs = grouped(rows, (row) => Math.floor(row / 2 ** 32));
  parts.push(i32(1681511377), Buffer.from(BigInt64Array.of(BigInt(highs.size)).buffer));
  for (const [high, within] of highs) {
    const containers = [...grouped(within, (row) => Math.floor(row / 65_536) % 65_536)];
    parts.push(i32(high));
    if (runs) {
      parts.push(
        i32(((containers.length - 1) << 16) | 12347),
        Buffer.alloc((containers.length + 7) >> 3, 0xff),
      );
    } else parts.push(i32(12346, containers.length));
    for (const [key, values] of containers) parts.push(u16(key, values.length - 1));
    if (!runs || containers.length >= 4) parts.push(Buffer.alloc(4 * containers.length));
    for (const [, values] of containers) {
      const lows = values.map((row) => row % 65_536);
      if (runs) {
        const spans: [number, number][] = [];
        for (const low of lows) {
          const last = spans.at(-1);
          if (last !== undefined && low === last[0] + last[1] + 1) last[1]++;
          else spans.push([low, 0]);
        }
        parts.push(u16(spans.length, ...spans.flat()));
      } else if (lows.length > 4096) {
        const bits = new Uint8Array(8192);
        for (const low of lows) bits[low >> 3] = (bits[low >> 3] ?? 0) | (1 << (low & 7));
        parts.push(Buffer.from(bits));
      } else parts.push(u16(...lows));
    }
  }
  return Buffer.concat(parts);
}

function grouped(rows: readonly number[], key: (row: number) => number): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  for (const row of rows) groups.set(key(row), [...(groups.get(key(row)) ?? []), row]);
  return groups;
}

const ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
function z85(bytes: Buffer): string {
  const padded = Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
  let text = "";
  for (let i = 0; i < padded.length; i += 4) {
    const group = padded.readUInt32BE(i);
    for (let power = 4; power >= 0; power--) text += ALPHABET[Math.floor(group / 85 ** power) % 85];
  }
  return text;
}

describe("roaring bitmaps", () => {
  it("hold what was put in, in every kind of container", () => {
    const dense = Array.from({ length: 5000 }, (_, i) => 65_536 + 2 * i);
    const sets = [
      [],
      [0],
      [0, 1, 2, 9, 65_535],
      dense,
      [3, 2 ** 32 + 5, 2 ** 40 + 70_000],
      [...dense, 200_000, 300_000, 400_000, 500_000],
    ];
    for (const rows of sets)
      for (const runs of [false, true]) {
        const bitmap = RoaringBitmapArray.parse(portable(rows, runs));
        expect(bitmap.count).toBe(rows.length);
        expect(rows.every((row) => bitmap.has(row))).toBe(true);
        const known = new Set(rows);
        for (const row of rows) expect(bitmap.has(row + 1)).toBe(known.has(row + 1));
        expect(bitmap.end).toBe((rows.at(-1) ?? -1) + 1);
      }
  });

  it("never hang or read beyond on broken bytes", () => {
    const good = portable([1, 2, 3, 70_000, ...Array.from({ length: 5000 }, (_, i) => 131_072 + i)]);
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), (at, value, length) => {
        const bytes = Buffer.from(good);
        bytes[at] = value;
        for (const input of [bytes, good.subarray(0, length)])
          try {
            RoaringBitmapArray.parse(input);
          } catch (error) {
            expect(error).toBeInstanceOf(RangeError);
          }
      }),
      { numRuns: 300 },
    );
  });

  it("decode Z85 as its RFC has it", () => {
    expect(Buffer.from(decodeZ85("HelloWorld")).toString("hex")).toBe("864fd26fb559f75b");
    expect(() => decodeZ85("Hell")).toThrow(/multiple of 5/);
    expect(() => decodeZ85("Hell~")).toThrow(/not a character/);
    expect(() => decodeZ85("#####")).toThrow(/beyond 2\^32/);
  });
});

describe("deletion vectors", () => {
  const rows = [3, 4, 7, 11, 18, 29];
  const data = portable(rows);
  const inline = {
    storageType: "i",
    pathOrInlineDv: z85(data),
    offset: undefined,
    sizeInBytes: data.length,
    cardinality: rows.length,
  };

  it("are read inline, and from files", async () => {
    const deleted = await readDeletionVector(root, inline, [], "a.parquet", 30);
    expect(Array.from({ length: 30 }, (_, i) => i).filter((row) => deleted.has(row))).toEqual(rows);
    const size = Buffer.alloc(4);
    size.writeInt32BE(data.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(data));
    writeFileSync(join(root, "dv.bin"), Buffer.concat([Buffer.from([1]), size, data, sum]));
    const stored = {
      storageType: "p",
      pathOrInlineDv: join(root, "dv.bin"),
      offset: 1,
      sizeInBytes: data.length,
      cardinality: rows.length,
    };
    expect((await readDeletionVector(root, stored, [], "a.parquet")).count).toBe(6);
    await expect(
      readDeletionVector(root, { ...stored, sizeInBytes: data.length - 1 }, [], "a.parquet"),
    ).rejects.toThrow(/and the log says/);
    await expect(readDeletionVector(root, { ...stored, offset: 9 }, [], "a.parquet")).rejects.toThrow(
      /ends at byte/,
    );
    await expect(readDeletionVector(join(root, "other"), stored, [], "a.parquet")).rejects.toThrow(
      /leads out of the table/,
    );
    sum.writeUInt32BE(crc32(data) ^ 1);
    writeFileSync(join(root, "dv.bin"), Buffer.concat([Buffer.from([1]), size, data, sum]));
    await expect(readDeletionVector(root, stored, [], "a.parquet")).rejects.toMatchObject({
      code: "INVALID_DATA",
      message: expect.stringMatching(/checksum/) as string,
    });
    writeFileSync(join(root, "dv.bin"), Buffer.concat([Buffer.from([2]), size, data, sum]));
    await expect(readDeletionVector(root, stored, [], "a.parquet")).rejects.toThrow(/format version 2/);
  });

  it.each([
    ["cardinality", { cardinality: 5 }, /deletes 6 rows and the log says 5/],
    ["size", { sizeInBytes: data.length + 9 }, /bytes and the log says/],
    ["storage type", { storageType: "x" }, /storage type "x" is unknown/],
    ["characters", { pathOrInlineDv: "~~~~~" }, /not a character/],
    ["file", { storageType: "u", pathOrInlineDv: "ab^-aqEH.-t@S}K{vb[*k^" }, /cannot be read/],
  ])("are refused where their %s is wrong", async (_, change, message) => {
    await expect(readDeletionVector(root, { ...inline, ...change }, [], "a.parquet")).rejects.toThrow(
      message,
    );
  });

  it("are refused where they delete rows that the file does not have", async () => {
    await expect(readDeletionVector(root, inline, [], "a.parquet", 29)).rejects.toThrow(
      /deletes row 29 of a file of 29 rows/,
    );
  });
});
