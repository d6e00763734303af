// Bytes that unpack to more than the process has room for.
import { PitotError } from "@pitot/core";
import { CompressionType, compressionRegistry, Table, tableToIPC, makeVector } from "apache-arrow";
import { afterEach, expect, it } from "vitest";
import { columnStatsTable } from "../src/index.ts";

const MIB = 2 ** 20;
const registry = (compressionRegistry as unknown as { registry: Record<number, unknown> }).registry;
afterEach(() => {
  delete registry[CompressionType.ZSTD];
});

/** A Zstandard frame of zeros: blocks of 128 KiB in four bytes each; says the size that it is told to say, or none. */
function frame(mebibytes: number, told?: number): Uint8Array {
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(told ?? 0));
  // A window of 8 MiB where no size is told.
  const header = told === undefined ? Buffer.from([0, 13 << 3]) : Buffer.concat([Buffer.from([0xe0]), size]);
  const blocks = Array.from({ length: mebibytes * 8 }, (_, i) => {
    const block = Buffer.alloc(4);
    const last = Number(i === mebibytes * 8 - 1);
    block.writeUInt32LE(last | (1 << 1) | ((128 * 1024) << 3));
    return block;
  });
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), header, ...blocks]);
}

/** IPC bytes of columns of which each buffer is such a frame. */
function ipcOf(buffer: Uint8Array, columns: number): Uint8Array {
  const values = makeVector(new Float64Array(20_000));
  compressionRegistry.set(CompressionType.ZSTD, { encode: () => buffer, decode: (bytes) => bytes });
  const table = new Table(Object.fromEntries(Array.from({ length: columns }, (_, i) => [`c${i}`, values])));
  const bytes = tableToIPC(table, "stream", CompressionType.ZSTD);
  delete registry[CompressionType.ZSTD];
  return bytes;
}

it.each<[string, Uint8Array, number]>([
  ["by a size that is told", frame(1, 2 ** 40), 1],
  ["by blocks, without a size", frame(300), 1],
  ["by several buffers together", frame(100, 100 * MIB), 3],
  ["by several frames in a buffer", Buffer.concat([frame(200, 200 * MIB), frame(100, 100 * MIB)]), 1],
])("is refused: %s", (_, buffer, columns) => {
  const bytes = ipcOf(buffer, columns);
  expect(bytes.length).toBeLessThan(MIB / 8);
  let error: unknown;
  try {
    columnStatsTable({ bytes });
  } catch (caught) {
    error = caught;
  }
  expect(error).toBeInstanceOf(PitotError);
  expect(error).toMatchObject({
    code: "UNSUPPORTED",
    value: `${bytes.length} bytes, over 268435456 unpacked`,
  });
  expect(registry[CompressionType.ZSTD]).toBeUndefined();
});

it("is read up to the limit, by a decoder of the application too", () => {
  const bytes = ipcOf(frame(200, 200 * MIB), 1);
  expect(columnStatsTable({ bytes }).numRows).toBe(1);
  let asked = 0;
  const own = { decode: () => (asked++, new Uint8Array(160_000)) };
  registry[CompressionType.ZSTD] = own;
  expect(columnStatsTable({ bytes }).numRows).toBe(1);
  expect([asked, registry[CompressionType.ZSTD]]).toEqual([1, own]);
});
