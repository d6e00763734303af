import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  bytesSource,
  countingSource,
  fileSource,
  leafColumns,
  readBloomFilter,
  readFooter,
  readPageIndex,
  type RangeSource,
  type Scalar,
} from "../../src/index.ts";
import { xxhash64 } from "../../src/parquet/xxhash64.ts";
import { type DuckdbFolder, duckdbFolder } from "./duckdb-file.ts";

let duckdb: DuckdbFolder;
beforeAll(async () => {
  duckdb = await duckdbFolder();
});
afterAll(() => duckdb[Symbol.dispose]());

function indexed(): RangeSource {
  const rows = Array.from({ length: 10_000 }, (_, i) => i);
  const file = parquetWriteBuffer({
    columnData: [
      {
        name: "n",
        data: rows.map((i) => (i < 5000 ? i : null)),
        type: "INT32",
        encoding: "PLAIN",
        columnIndex: true,
      },
      { name: "s", data: rows.map((i) => `s${i % 100}`), columnIndex: true, bloomFilter: true },
    ],
    pageSize: 4096,
    rowGroupSize: 10_000,
  });
  return bytesSource(new Uint8Array(file), "indexed.parquet");
}

describe("readPageIndex", () => {
  it("gives pages with their rows and bounds, in one request", async () => {
    const source = countingSource(indexed());
    const { metadata } = await readFooter(source);
    const n = leafColumns(metadata).at(0)!;
    const before = source.requests;
    const index = (await readPageIndex(source, metadata, 0, n))!;
    expect(source.requests - before).toBe(1);
    expect(index.pages.length).toBeGreaterThan(2);
    let row = 0;
    for (const { firstRow, bounds } of index.pages) {
      expect(firstRow).toBe(row);
      const end = row + bounds.rows;
      if (row < 5000)
        expect(bounds).toMatchObject({ min: row, max: Math.min(end, 5000) - 1, minExact: true });
      else expect(bounds).toMatchObject({ nullCount: bounds.rows });
      row = end;
    }
    expect(row).toBe(10_000);
  });

  it("is undefined where there is none, and refuses a row group that is not there", async () => {
    const path = await duckdb.write("plain.parquet", "SELECT 1 AS a");
    const source = fileSource(path);
    const { metadata } = await readFooter(source);
    const leaf = leafColumns(metadata).at(0)!;
    expect(await readPageIndex(source, metadata, 0, leaf)).toBe(undefined);
    await expect(readPageIndex(source, metadata, 3, leaf)).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
    });
  });
});

describe("readBloomFilter", () => {
  it("finds every value that DuckDB wrote, and few others", async () => {
    const path = await duckdb.write(
      "bloom.parquet",
      `SELECT (i % 500)::INTEGER * 2 AS n, (i % 500) * 4 AS big, 'key ' || (i % 500) AS s, (i % 500) / 8 AS d,
        (i % 500)::UINTEGER AS u FROM range(20480) t(i)`,
    );
    const source = countingSource(fileSource(path));
    const { metadata } = await readFooter(source);
    const values: Record<string, (i: number) => Scalar> = {
      n: (i) => i * 2,
      big: (i) => BigInt(i) * 4n,
      s: (i) => `key ${i}`,
      d: (i) => i / 8,
      u: (i) => i,
    };
    let filters = 0;
    for (const leaf of leafColumns(metadata)) {
      const before = source.requests;
      const filter = await readBloomFilter(source, metadata.rowGroups.at(0)!.columns.at(leaf.index)!, leaf);
      if (filter === undefined) continue;
      filters++;
      expect(source.requests - before).toBe(1);
      const value = values[leaf.path] ?? String;
      let others = 0;
      for (let i = 0; i < 500; i++) {
        expect(filter.mightContain(value(i))).toBe(true);
        if (filter.mightContain(value(i + 500))) others++;
      }
      expect(others).toBeLessThan(50);
    }
    expect(filters).toBe(5);
  });

  it("does not rule out what it cannot hash as the writer did", async () => {
    const path = await duckdb.write(
      "floats.parquet",
      "SELECT (i % 100)::DOUBLE + 1 AS d FROM range(10000) t(i)",
    );
    const source = fileSource(path);
    const { metadata } = await readFooter(source);
    const leaf = leafColumns(metadata).at(0)!;
    const filter = (await readBloomFilter(source, metadata.rowGroups.at(0)!.columns.at(0)!, leaf))!;
    for (const value of [0, -0, Number.NaN, "text", 5n, true]) expect(filter.mightContain(value)).toBe(true);
    expect(filter.mightContain(50)).toBe(true);
  });
});

it("hashes as XXH64 does", () => {
  // Of the algorithm's own test suite and other implementations.
  for (const [text, hash] of [
    ["", 0xef46db3751d8e999n],
    ["a", 0xd24ec4f1a98c6e5bn],
    ["abc", 0x44bc2cf5ad770999n],
    ["Nobody inspects the spammish repetition", 0xfbcea83c8a378bf1n],
  ] as const)
    expect(xxhash64(Buffer.from(text))).toBe(hash);
});
