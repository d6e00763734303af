import { setImmediate as turn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { AsyncBuffer } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import { expect, it } from "vitest";
import { countRows, openDataset } from "../src/index.ts";

const file = parquetWriteBuffer({
  columnData: [{ name: "id", data: Int32Array.from({ length: 50_000 }, (_, i) => i), type: "INT32" }],
});

it("keeps footers, but not the buffers that they are of", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const buffers: WeakRef<AsyncBuffer>[] = [];
  const open = async (): Promise<void> => {
    const own = file.slice(0);
    const buffer = {
      byteLength: own.byteLength,
      slice: (start: number, end?: number) => own.slice(start, end),
    };
    buffers.push(new WeakRef(buffer));
    expect(await countRows(await openDataset(buffer))).toBe(50_000);
  };
  for (let i = 0; i < 20; i++) await open();
  // The last one may still be in some register.
  await expect
    .poll(
      async () => {
        await turn();
        collect();
        return buffers.filter((buffer) => buffer.deref() !== undefined).length;
      },
      { timeout: 20_000 },
    )
    .toBeLessThan(3);
});
