import { copyFileSync, mkdtempSync, openAsBlob, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import {
  columnBounds,
  countingSource,
  fileSource,
  type FooterCounts,
  leafColumns,
  readFooter,
  skimFooter,
} from "@pitot/scan";
import { asyncBufferFromFile, parquetMetadataAsync } from "hyparquet";
import { ParquetFile } from "parquet-wasm";
import { type BenchResult, cpuMicroseconds, median } from "./bench-result.ts";
import { openDuck } from "./duck.ts";

const FILES = 1000;
const ROUNDS = 9;
const AT_ONCE = 16;
const FETCH = 19_500;

/**
 * Row 7: footers of 1,000 files of 10 row groups and 20 columns, against DuckDB's metadata functions, hyparquet and parquet-wasm. The files are warm in the
 * page cache; each side goes over all of them, and both must come to the same sums.
 */
export async function footerReading(): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), "pitot-bench-"));
  const { connection, close } = await openDuck();
  try {
    const paths = await writeFiles(connection, folder);
    const glob = `${folder}/*.parquet`;
    const files = await inTurn(
      () => skimAll(paths, ({ fileBytes }) => fileBytes),
      () =>
        sumsOf(
          connection,
          `SELECT sum(num_rows), sum(num_row_groups), sum(file_size_bytes) FROM parquet_file_metadata('${glob}')`,
        ),
    );
    const columns = await inTurn(
      () => skimAll(paths, ({ compressedBytes }) => compressedBytes),
      () => wasmAll(paths),
    );
    const statistics = await inTurn(
      () => statisticsOfAll(paths),
      () =>
        sumsOf(
          connection,
          `SELECT sum(row_group_num_rows) // 20, count(stats_min_value) + count(stats_max_value), sum(total_compressed_size)
            FROM parquet_metadata('${glob}')`,
        ),
    );
    const hyparquet = await inTurn(
      () => statisticsOfAll(paths),
      () => hyparquetAll(paths),
    );
    const counts = "count rows, row groups and bytes of 1,000 footers";
    return [
      result(counts, "ms", files.clock, "DuckDB parquet_file_metadata", 0.6),
      result(counts, "ms", columns.clock, "parquet-wasm", 0.6),
      result("statistics of 1,000 footers", "ms", statistics.clock, "DuckDB parquet_metadata", 0.2),
      result("statistics of 1,000 footers", "ms", hyparquet.clock, "hyparquet", 0.1),
      result("the same, time of the processor", "ms", hyparquet.cpu, "hyparquet", 0.1),
      result("bytes read for 1,000 footers", "bytes", await bytesRead(paths), "their own size", 1.3),
    ];
  } finally {
    close();
    rmSync(folder, { recursive: true });
  }
}

interface Sums {
  rows: number;
  items: number;
  bytes: number;
}

async function writeFiles(connection: DuckDBConnection, folder: string): Promise<string[]> {
  const columns = Array.from({ length: 5 }, (_, k) =>
    [
      `(i // 2048) * ${k + 1} AS big${k}`,
      `((i // 2048) * ${k + 3})::INTEGER AS small${k}`,
      `(i % 7) / 3 AS share${k}`,
      `'text ' || (i % 10) AS text${k}`,
    ].join(", "),
  );
  const paths = Array.from({ length: FILES }, (_, i) => join(folder, `${i}.parquet`));
  const [first = "", ...rest] = paths;
  await connection.run(
    `COPY (SELECT ${columns.join(", ")} FROM range(20480) t(i)) TO '${first}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`,
  );
  for (const path of rest) copyFileSync(first, path);
  return paths;
}

function skimAll(paths: readonly string[], bytesOf: (counts: FooterCounts) => number): Promise<Sums> {
  return overAll(
    paths,
    (path) => skimFooter(fileSource(path)),
    (sums, counts) => {
      sums.rows += counts.numRows;
      sums.items += counts.numRowGroups;
      sums.bytes += bytesOf(counts);
    },
  );
}

function wasmAll(paths: readonly string[]): Promise<Sums> {
  return overAll(
    paths,
    async (path) => ParquetFile.fromFile(await openAsBlob(path)),
    (sums, file) => {
      const metadata = file.metadata();
      const groups = metadata.numRowGroups();
      sums.rows += metadata.fileMetadata().numRows();
      sums.items += groups;
      for (let i = 0; i < groups; i++) sums.bytes += metadata.rowGroup(i).compressedSize();
      file.free();
    },
  );
}

function statisticsOfAll(paths: readonly string[]): Promise<Sums> {
  return overAll(
    paths,
    (path) => readFooter(fileSource(path)),
    (sums, { metadata }) => addStatistics(sums, metadata),
  );
}

function hyparquetAll(paths: readonly string[]): Promise<Sums> {
  return overAll(
    paths,
    // It is told how much to read, which ours learns.
    async (path) => parquetMetadataAsync(await asyncBufferFromFile(path), { initialFetchSize: FETCH }),
    (sums, metadata) => {
      for (const group of metadata.row_groups) {
        sums.rows += Number(group.num_rows);
        for (const { meta_data: meta } of group.columns) {
          if (meta?.statistics?.min_value !== undefined) sums.items++;
          if (meta?.statistics?.max_value !== undefined) sums.items++;
          sums.bytes += Number(meta?.total_compressed_size ?? 0);
        }
      }
    },
  );
}

function addStatistics(sums: Sums, metadata: Awaited<ReturnType<typeof readFooter>>["metadata"]): void {
  const leaves = leafColumns(metadata);
  metadata.rowGroups.forEach((group, which) => {
    sums.rows += group.numRows;
    for (const leaf of leaves) {
      const { min, max } = columnBounds(metadata, which, leaf);
      if (min !== undefined) sums.items++;
      if (max !== undefined) sums.items++;
      sums.bytes += group.columns[leaf.index]?.totalCompressedSize ?? 0;
    }
  });
}

/** Reads all files, some at once, and adds each up as it comes. */
async function overAll<T>(
  paths: readonly string[],
  read: (path: string) => Promise<T>,
  add: (sums: Sums, file: T) => void,
): Promise<Sums> {
  const sums: Sums = { rows: 0, items: 0, bytes: 0 };
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let path = paths[next++]; path !== undefined; path = paths[next++]) add(sums, await read(path));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return sums;
}

async function sumsOf(connection: DuckDBConnection, sql: string): Promise<Sums> {
  const [row = []] = (await connection.runAndReadAll(sql)).getRows();
  const [rows = 0, items = 0, bytes = 0] = row.map(Number);
  return { rows, items, bytes };
}

/** Medians in ms of two bodies that are run in turn. */
interface Turns {
  readonly clock: readonly [ours: number, peer: number];
  /** Time of the processor, of all threads. */
  readonly cpu: readonly [ours: number, peer: number];
}

/** Throws where the bodies come to different sums. */
async function inTurn(ours: () => Promise<Sums>, peer: () => Promise<Sums>): Promise<Turns> {
  const clock: [number[], number[]] = [[], []];
  const cpu: [number[], number[]] = [[], []];
  for (let round = 0; round <= ROUNDS; round++) {
    const sums: Sums[] = [];
    for (const [which, body] of [ours, peer].entries()) {
      const [started, used] = [performance.now(), cpuMicroseconds()];
      sums.push(await body());
      // The first round warms up.
      if (round === 0) continue;
      clock[which]!.push(performance.now() - started);
      cpu[which]!.push((cpuMicroseconds() - used) / 1000);
    }
    if (JSON.stringify(sums[0]) !== JSON.stringify(sums[1]))
      throw new Error(`The sums differ: ${JSON.stringify(sums)}`);
  }
  return { clock: [median(clock[0]), median(clock[1])], cpu: [median(cpu[0]), median(cpu[1])] };
}

async function bytesRead(paths: readonly string[]): Promise<[ours: number, peer: number]> {
  let footers = 0;
  let read = 0;
  for (const path of paths) {
    const source = countingSource(fileSource(path));
    footers += (await readFooter(source)).footerBytes;
    read += source.bytes;
  }
  return [read, footers];
}

function result(
  name: string,
  unit: string,
  [ours, peer]: readonly [number, number],
  peerName: string,
  goal: number,
): BenchResult {
  const ratio = ours / peer;
  return { row: 7, name, ours, peer, peerName, unit, ratio, goal: `<= ${goal}`, met: ratio <= goal };
}
