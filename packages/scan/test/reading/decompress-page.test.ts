import { afterEach, expect, it, vi } from "vitest";
import { openDataset, scanBatches } from "../../src/index.ts";
import { decompressPage } from "../../src/reading/decompress-page.ts";
import { duckFiles } from "../duckdb-files.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

it("decodes zstd without printing its output", async () => {
  await using duck = await duckFiles();
  await duck.run(
    "COPY (SELECT i, 'row ' || i AS s FROM range(5000) t(i)) TO '$DIR/z.parquet' (FORMAT parquet, COMPRESSION zstd)",
  );
  const join = vi.spyOn(Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array, "join");
  let rows = 0;
  for await (const batch of scanBatches(await openDataset(duck.path("z.parquet")))) {
    expect(batch.getChild("s")?.get(17)).toBe(`row ${rows + 17}`);
    rows += batch.numRows;
  }
  expect(rows).toBe(5000);
  expect(join).not.toHaveBeenCalled();
});

it("refuses an lz4 frame of a length below zero at once", () => {
  // Lengths of what is unpacked and packed, as Hadoop writes them; the decoder would go back 2 GiB and come forth by 8 bytes at a time.
  const page = new Uint8Array(20);
  page.set([0, 0, 0, 0, 0x80, 0, 0, 0]);
  const started = process.cpuUsage();
  expect(() => decompressPage(page, 16, "LZ4")).toThrow("lz4 offset out of range");
  expect(process.cpuUsage(started).user).toBeLessThan(1_000_000);
});
