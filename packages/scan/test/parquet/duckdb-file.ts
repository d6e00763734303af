import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";

/** DuckDB in memory, with a folder of its own for what it writes. */
export interface DuckdbFolder extends Disposable {
  readonly folder: string;
  /** Rows of a query, as plain values. */
  rows(sql: string): Promise<unknown[][]>;
  /** Writes the rows of `query` to a Parquet file: its path. */
  write(name: string, query: string, options?: string): Promise<string>;
}

export async function duckdbFolder(): Promise<DuckdbFolder> {
  const folder = mkdtempSync(join(tmpdir(), "pitot-parquet-"));
  const connection = await (await DuckDBInstance.create()).connect();
  return {
    folder,
    async rows(sql) {
      return (await connection.runAndReadAll(sql)).getRows();
    },
    async write(name, query, options = "") {
      const path = join(folder, name);
      await connection.run(`COPY (${query}) TO '${path}' (FORMAT parquet${options})`);
      return path;
    },
    [Symbol.dispose]() {
      connection.closeSync();
      rmSync(folder, { recursive: true });
    },
  };
}
