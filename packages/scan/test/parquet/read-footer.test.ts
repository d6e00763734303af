import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  bytesSource,
  countingSource,
  encodeFooter,
  fileSource,
  footerFileEnd,
  leafColumns,
  readFooter,
  readFooters,
  type RangeSource,
  skimFooter,
} from "../../src/index.ts";
import { type DuckdbFolder, duckdbFolder } from "./duckdb-file.ts";

let duckdb: DuckdbFolder;
let path: string;
beforeAll(async () => {
  duckdb = await duckdbFolder();
  path = await duckdb.write(
    "numbers.parquet",
    "SELECT i, 'row ' || i AS s, CASE WHEN i % 3 = 0 THEN NULL ELSE i / 7 END AS d FROM range(10000) t(i)",
    ", ROW_GROUP_SIZE 2048, KV_METADATA {owner: 'Zoë', empty: ''}",
  );
});
afterAll(() => duckdb[Symbol.dispose]());

describe("readFooter", () => {
  it("takes one request where the guess holds, and two where it does not", async () => {
    const fileBytes = readFileSync(path).length;
    for (const [guess, requests] of [
      [64 * 1024, 1],
      [100, 2],
      [0, 2],
    ] as const) {
      const source = countingSource(fileSource(path));
      const footer = await readFooter(source, { guess });
      expect(footer).toMatchObject({ requests, bytesRead: source.bytes, fileBytes });
      expect(source.requests).toBe(requests);
      // A second request asks for what is missing, and for no byte twice.
      if (requests === 2) expect(source.bytes).toBe(footer.footerBytes);
      expect(footer.bytes).toHaveLength(footer.footerBytes - 8);
    }
  });

  it("reads what DuckDB says of the file", async () => {
    const { metadata } = await readFooter(fileSource(path));
    const [[rows, groups, created]] = (await duckdb.rows(
      `SELECT num_rows, num_row_groups, created_by FROM parquet_file_metadata('${path}')`,
    )) as [[bigint, bigint, string]];
    expect(metadata).toMatchObject({ numRows: Number(rows), createdBy: created });
    expect(metadata.rowGroups).toHaveLength(Number(groups));
    expect(metadata.keyValueMetadata).toEqual(
      expect.arrayContaining([
        { key: "owner", value: "Zoë" },
        { key: "empty", value: "" },
      ]),
    );
    const chunks = await duckdb.rows(
      `SELECT row_group_id, column_id, path_in_schema, type, compression, num_values, total_compressed_size,
        total_uncompressed_size, data_page_offset, stats_null_count FROM parquet_metadata('${path}') ORDER BY 1, 2`,
    );
    expect(
      metadata.rowGroups.flatMap(({ columns }, group) =>
        columns.map((chunk, column) => [
          BigInt(group),
          BigInt(column),
          chunk.pathInSchema.join(", "),
          chunk.type,
          chunk.codec,
          BigInt(chunk.numValues),
          BigInt(chunk.totalCompressedSize),
          BigInt(chunk.totalUncompressedSize),
          BigInt(chunk.dataPageOffset),
          BigInt(chunk.statistics?.nullCount ?? -1),
        ]),
      ),
    ).toEqual(chunks);
    const counts = await skimFooter(fileSource(path));
    expect(counts).toMatchObject({
      numRows: 10_000,
      numRowGroups: metadata.rowGroups.length,
      numColumns: 3,
      compressedBytes: chunks.reduce((sum, chunk) => sum + Number(chunk[6]), 0),
      uncompressedBytes: chunks.reduce((sum, chunk) => sum + Number(chunk[7]), 0),
    });
  });

  it("learns from the footers before", async () => {
    const sources = Array.from({ length: 50 }, () => countingSource(fileSource(path)));
    await readFooter(fileSource(path));
    const footers = await readFooters(sources, { concurrency: 4 });
    const requests = sources.reduce((sum, source) => sum + source.requests, 0);
    expect(requests).toBe(50);
    const bytes = sources.reduce((sum, source) => sum + source.bytes, 0);
    expect(bytes / footers.reduce((sum, footer) => sum + footer.footerBytes, 0)).toBeLessThan(8);
    for (let i = 0; i < 40; i++) await readFooter(fileSource(path));
    const source = countingSource(fileSource(path));
    const { footerBytes } = await readFooter(source);
    expect(source.bytes / footerBytes).toBeLessThan(1.3);
  });

  it("says why it refuses, and names the file", async () => {
    const bytes = new Uint8Array(readFileSync(path));
    const magic = (text: string): Uint8Array => {
      const changed = bytes.slice();
      changed.set(new TextEncoder().encode(text), changed.length - 4);
      return changed;
    };
    const length = (value: number): Uint8Array => {
      const changed = bytes.slice();
      new DataView(changed.buffer).setUint32(changed.length - 8, value, true);
      return changed;
    };
    for (const [given, code, problem] of [
      [magic("PARE"), "UNSUPPORTED", /x\.parquet: The footer is encrypted/],
      [magic("ORC1"), "INVALID_DATA", /x\.parquet: This is not a Parquet file/],
      [new Uint8Array(), "INVALID_DATA", /x\.parquet: This is too short/],
      [bytes.slice(0, 7), "INVALID_DATA", /too short/],
      [bytes.slice(0, -100), "INVALID_DATA", /not a Parquet file/],
      [length(bytes.length), "INVALID_DATA", /longer than the file/],
      [length(0xffffffff), "INVALID_DATA", /longer than the file/],
      [length(10), "INVALID_DATA", /x\.parquet: /],
      [length(0), "INVALID_DATA", /x\.parquet: /],
    ] as const)
      await expect(readFooter(bytesSource(given, "x.parquet"))).rejects.toMatchObject({
        code,
        message: expect.stringMatching(problem) as string,
      });
  });

  it("is cancelled", async () => {
    const reason = new Error("enough");
    await expect(readFooter(fileSource(path), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

describe("readFooters", () => {
  it("keeps the order and the bound", async () => {
    let running = 0;
    let most = 0;
    const slow = (i: number): RangeSource => {
      const source = fileSource(path);
      return {
        ...source,
        location: `${i}`,
        byteLength: undefined,
        slice: (start, end, signal) => source.slice(start, end, signal),
        async suffix(size, signal) {
          most = Math.max(most, ++running);
          await new Promise((resolve) => setTimeout(resolve, 5));
          running--;
          return source.suffix(size, signal);
        },
        close: () => source.close(),
      };
    };
    const footers = await readFooters(
      Array.from({ length: 20 }, (_, i) => slow(i)),
      { concurrency: 3 },
    );
    expect(footers).toHaveLength(20);
    expect(most).toBe(3);
    expect(await readFooters([])).toEqual([]);
  });

  it("stops the rest at the first failure, and when cancelled", async () => {
    const broken = bytesSource(new Uint8Array(100), "broken");
    const rest = Array.from({ length: 100 }, () => countingSource(fileSource(path)));
    await expect(readFooters([broken, ...rest], { concurrency: 2 })).rejects.toThrow(/broken: /);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(rest.filter(({ bytes }) => bytes > 0).length).toBeLessThan(5);
    const reason = new Error("enough");
    await expect(readFooters(rest, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

describe("encodeFooter", () => {
  it("gives the same bytes, and a footer that DuckDB reads", async () => {
    const { metadata, bytes, footerBytes } = await readFooter(fileSource(path));
    expect(Buffer.compare(encodeFooter(metadata), bytes)).toBe(0);
    const end = footerFileEnd(metadata);
    expect(Buffer.compare(end, readFileSync(path).subarray(-footerBytes))).toBe(0);
  });

  it("describes row groups from another file, and takes what was changed", async () => {
    const { metadata } = await readFooter(fileSource(path));
    const first = metadata.rowGroups.at(0)!;
    const placed = {
      ...metadata,
      numRows: first.numRows,
      rowGroups: [{ ...first, ordinal: 7, place: { filePath: "year=2024/números.parquet" } }],
    };
    const bytes = Buffer.concat([Buffer.from("PAR1"), footerFileEnd(placed)]);
    const again = (await readFooter(bytesSource(bytes))).metadata;
    expect(again.rowGroups).toHaveLength(1);
    expect(again.rowGroups[0]).toMatchObject({ ordinal: 7, numRows: first.numRows });
    again.rowGroups.at(0)!.columns.forEach((chunk, i) => {
      const before = first.columns.at(i)!;
      expect(chunk.filePath).toBe("year=2024/números.parquet");
      expect([
        chunk.fileOffset,
        chunk.dataPageOffset,
        chunk.statistics,
        chunk.pathInSchema,
        chunk.codec,
      ]).toEqual([
        before.fileOffset,
        before.dataPageOffset,
        before.statistics,
        before.pathInSchema,
        before.codec,
      ]);
      expect(before.filePath).toBe(undefined);
    });
    expect(leafColumns(again).map((leaf) => leaf.path)).toEqual(["i", "s", "d"]);
  });

  it("refuses a signed footer", async () => {
    const { metadata } = await readFooter(fileSource(path));
    expect(() => encodeFooter({ ...metadata, encryptionAlgorithm: { name: "AES_GCM_V1" } })).toThrow(
      expect.objectContaining({ code: "UNSUPPORTED" }) as Error,
    );
  });
});
