import { setTimeout as sleep } from "node:timers/promises";
import type { AsyncBuffer } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import { expect, it, vi } from "vitest";
import { col, countedRows, openDataset, scanBatches, type ScanEffectiveness } from "../src/index.ts";

const ROWS = 60_000;
const file = parquetWriteBuffer({
  columnData: [
    { name: "id", data: Int32Array.from({ length: ROWS }, (_, i) => i), type: "INT32" },
    { name: "text", data: Array.from({ length: ROWS }, (_, i) => `text ${i}`), type: "STRING" },
    { name: "more", data: Array.from({ length: ROWS }, (_, i) => `more ${i}`), type: "STRING" },
  ],
  rowGroupSize: 10_000,
});

/** Six row groups, in a place that takes so long to answer. */
const slow = (ms: number): AsyncBuffer => ({
  byteLength: file.byteLength,
  slice: async (start, end) => {
    if (ms > 0) await sleep(ms);
    return file.slice(start, end);
  },
});

/** Tries again where a busy machine took the processor away between two readings of the clock: what is told wrongly is so every time. */
const undisturbed = async (measure: () => Promise<void>): Promise<void> =>
  await vi.waitFor(measure, { timeout: 60_000 });

const sum = ({ milliseconds }: ScanEffectiveness): number =>
  milliseconds.planning + milliseconds.reading + milliseconds.decoding;

it("is told once, as planning, waiting and decoding, whatever is fetched ahead", async () => {
  for (const prefetch of [0, 1, 5])
    await undisturbed(async () => {
      const dataset = await openDataset([slow(30)]);
      const started = performance.now();
      const scan = scanBatches(dataset, { prefetch });
      for await (const batch of scan) void batch;
      const wall = performance.now() - started;
      const { reading, decoding } = scan.effectiveness.milliseconds;
      expect(sum(scan.effectiveness)).toBeLessThanOrEqual(wall + 1);
      expect(sum(scan.effectiveness)).toBeGreaterThan(wall * 0.7);
      // One after the other, or all at once: what was waited for is what it took.
      expect(reading).toBeGreaterThan(prefetch === 0 ? 6 * 20 : 20);
      expect(decoding).toBeGreaterThan(0);
    });
});

it("has no part in what the consumer does", async () => {
  const dataset = await openDataset([slow(5)]);
  const scan = scanBatches(dataset, { prefetch: 5 });
  const started = performance.now();
  let mine = 0;
  let asleep = 0;
  for await (const batch of scan) {
    const taken = performance.now();
    // Asleep, and at work.
    await sleep(20);
    asleep += performance.now() - taken;
    for (const until = performance.now() + 20; performance.now() < until;);
    expect(batch.numRows).toBe(10_000);
    mine += performance.now() - taken;
  }
  expect(mine).toBeGreaterThan(6 * 40);
  const rest = performance.now() - started - mine;
  const { planning, reading } = scan.effectiveness.milliseconds;
  expect(planning + reading).toBeLessThanOrEqual(rest + 1);
  // What was decoded ahead, while the consumer slept, is decoding all the same.
  expect(sum(scan.effectiveness)).toBeLessThan(rest + asleep + 1);
});

it("is decoding where data is at hand, of counts too", async () => {
  await undisturbed(async () => {
    const counted = await countedRows(await openDataset([slow(0)]), { predicate: col("text").ne("text 7") });
    const { reading, decoding } = counted.effectiveness.milliseconds;
    expect(counted.rows).toBe(ROWS - 1);
    expect(decoding).toBeGreaterThan(reading);
  });
});

it("is planning while footers are waited for", async () => {
  const footers = 40;
  let asked = 0;
  const late: AsyncBuffer = {
    byteLength: file.byteLength,
    slice: async (start, end) => {
      if (asked++ === 0) await sleep(footers);
      return file.slice(start, end);
    },
  };
  const dataset = await openDataset([late], { schema: (await openDataset([slow(0)])).schema });
  const { effectiveness } = await countedRows(dataset, { predicate: col("id").lt(0) });
  expect(effectiveness.milliseconds.planning).toBeGreaterThan(footers - 2);
  expect(effectiveness.milliseconds.reading).toBe(0);
});
