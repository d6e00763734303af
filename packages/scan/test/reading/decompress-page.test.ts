import { afterEach, expect, it, vi } from "vitest";
import { openDataset, scanBatches } from "../../src/index.ts";
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
