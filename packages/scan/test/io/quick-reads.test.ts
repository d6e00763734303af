import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { QuickReads } from "../../src/io/quick-reads.ts";

// Only the clock: what is measured must not hang on how busy this machine is.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const takes = (ms: number): void => {
  vi.advanceTimersByTime(ms);
};
const slow = (): void => takes(1);

/** Reads in the pool until they may be done at once; how many it took. */
async function untilTrusted(reads: QuickReads): Promise<number> {
  for (let count = 0; ; count++) {
    if (await reads.mayRead()) return count;
    await reads.inPool(async () => takes(1));
  }
}

it("reads at once after quick reads in the pool, and no more after a slow one", async () => {
  const reads = new QuickReads();
  expect(await untilTrusted(reads)).toBe(8);
  expect(reads.now(() => 17)).toBe(17);
  expect(await reads.mayRead()).toBe(true);
  reads.now(slow);
  expect(await reads.mayRead()).toBe(false);
});

it("tries again less and less often where reads stay slow, and more often again where they are quick", async () => {
  const reads = new QuickReads();
  const taken: number[] = [];
  for (let i = 0; i < 7; i++) {
    taken.push(await untilTrusted(reads));
    reads.now(slow);
  }
  expect(taken).toEqual([8, 16, 32, 64, 128, 256, 256]);
  await untilTrusted(reads);
  for (let i = 0; i < 300; i++) reads.now(() => undefined);
  reads.now(slow);
  expect(await untilTrusted(reads)).toBe(16);
});

it("begins anew after a slow read in the pool, and takes a failed one for what it took", async () => {
  const reads = new QuickReads();
  for (let i = 0; i < 7; i++) await reads.inPool(async () => undefined);
  await reads.inPool(async () => takes(60));
  expect(await untilTrusted(reads)).toBe(8);
  await expect(reads.inPool(() => Promise.reject(new Error("not there")))).rejects.toThrow("not there");
  expect(() =>
    reads.now(() => {
      slow();
      throw new Error("cut");
    }),
  ).toThrow("cut");
  expect(await reads.mayRead()).toBe(false);
});

it("lets the event loop turn every 2 ms, once for all who wait", async () => {
  const reads = new QuickReads();
  await untilTrusted(reads);
  const turns = async (): Promise<number> => {
    let count = 0;
    let watching = true;
    const watch = (): void => {
      count++;
      if (watching) setImmediate(watch);
    };
    setImmediate(watch);
    await Promise.all([reads.mayRead(), reads.mayRead(), reads.mayRead()]);
    watching = false;
    return count;
  };
  await reads.mayRead();
  takes(1.5);
  expect(await turns()).toBe(0);
  takes(1);
  expect(await turns()).toBe(1);
  expect(await turns()).toBe(0);
});
