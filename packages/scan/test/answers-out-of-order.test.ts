import { setTimeout as sleep } from "node:timers/promises";
import type { AsyncBuffer } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import { expect, it } from "vitest";
import { col, openDataset, scanBatches } from "../src/index.ts";

const ROWS = 20_000;

function fileOf(codec: "SNAPPY" | "UNCOMPRESSED"): ArrayBuffer {
  const id = Int32Array.from({ length: ROWS }, (_, i) => i);
  return parquetWriteBuffer({
    codec,
    pageSize: 1024,
    columnData: [
      { name: "id", data: id, type: "INT32", columnIndex: true },
      // Few values, so that each column chunk begins with a dictionary; those of `id` do not.
      { name: "s", data: Array.from(id, (i) => `text ${i % 40}`), type: "STRING", columnIndex: true },
    ],
  });
}

/** Answers small requests last: a dictionary comes after the pages that refer to it. */
function smallestLast(file: ArrayBuffer): AsyncBuffer {
  return {
    byteLength: file.byteLength,
    slice: async (start, end = file.byteLength) => {
      await sleep(Math.max(0, 30 - (end - start) / 50));
      return file.slice(start, end);
    },
  };
}

it.each(["SNAPPY", "UNCOMPRESSED"] as const)(
  "reads a dictionary that arrives after the pages that refer to it: %s",
  async (codec) => {
    const dataset = await openDataset([smallestLast(fileOf(codec))]);
    const scan = scanBatches(dataset, { predicate: col("id").between(9_000, 14_000), columns: ["s"] });
    const found: string[] = [];
    for await (const batch of scan) for (const { s } of batch) found.push(s as string);
    expect(found).toEqual(Array.from({ length: 5_001 }, (_, i) => `text ${(9_000 + i) % 40}`));
    expect(scan.effectiveness.pages.skipped).toBeGreaterThan(0);
  },
);
