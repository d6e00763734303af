import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { countRows, openDataset, parsePredicate } from "@pitot/scan";
import type { BenchResult } from "./bench-result.ts";

/** Counts by one column, by two, by a text, by an unsorted column, and such that statistics answer alone. */
const PREDICATES = [
  "id >= 400000 and id < 900000",
  "id between 1200000 and 1200100",
  "day >= '2024-03-01' and day < '2024-04-01' and price > 900.00",
  "name = 'n0700000'",
  "noise < 10 and id > 1000000",
  "id < 0",
  "id >= 0",
] as const;

/**
 * Row 8: bytes that `countRows(predicate)` reads, against DuckDB's for the same query, over files that DuckDB wrote. Both are counted by the kernel:
 * `rchar` of /proc/self/io, what the process asked to read, from a cache or not. Each count opens the file anew.
 */
export async function rowGroupPruning(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), "pitot-bench-"));
  const file = join(folder, "rows.parquet");
  try {
    await withDuckDB((connection) =>
      connection.run(`copy (select i as id, date '2024-01-01' + (i // 10000)::integer as day,
        ((i * 7919) % 100000 / 100)::decimal(9, 2) as price, 'n' || lpad(i::varchar, 7, '0') as name, hash(i) % 1000 as noise
        from range(1500000) t(i)) to '${file}' (row_group_size 122880)`),
    );
    let ours = 0;
    let peer = 0;
    for (const text of PREDICATES) {
      const [count, bytes] = await counted(async () =>
        countRows(await openDataset(file), { predicate: parsePredicate(text) }),
      );
      const [expected, duckBytes] = await withDuckDB(async (connection) => {
        await connection.run("set enable_external_file_cache = false; set threads = 1");
        return await counted(async () => {
          const answer = await connection.runAndReadAll(
            `select count(*) from read_parquet('${file}') where ${text}`,
          );
          return Number(answer.getRows()[0]![0]);
        });
      });
      if (count !== expected) throw new Error(`${text}: ${count} rows, DuckDB has ${expected}`);
      ours += bytes;
      peer += duckBytes;
    }
    return {
      row: 8,
      name: "bytes read to count rows",
      ours,
      peer,
      peerName: "DuckDB count(*)",
      unit: "B",
      ratio: ours / peer,
      goal: "<= 1",
      met: ours <= peer,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function withDuckDB<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  try {
    return await work(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function counted<T>(work: () => Promise<T>): Promise<[result: T, bytes: number]> {
  const before = bytesRead();
  const result = await work();
  return [result, bytesRead() - before];
}

function bytesRead(): number {
  return Number(/rchar: (\d+)/.exec(readFileSync("/proc/self/io", "utf8"))![1]);
}
