import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";

/** A folder and a DuckDB that writes into it. */
export interface DuckFiles extends AsyncDisposable {
  readonly folder: string;
  path(name: string): string;
  /** `$DIR` in the statement is the folder. */
  run(sql: string): Promise<void>;
  rows(sql: string): Promise<unknown[][]>;
}

export async function duckFiles(): Promise<DuckFiles> {
  const folder = mkdtempSync(join(tmpdir(), "pitot-scan-"));
  const connection: DuckDBConnection = await (await DuckDBInstance.create()).connect();
  const at = (sql: string): string => sql.replaceAll("$DIR", folder);
  return {
    folder,
    path: (name) => join(folder, name),
    run: async (sql) => {
      await connection.run(at(sql));
    },
    rows: async (sql) => (await connection.runAndReadAll(at(sql))).getRows(),
    async [Symbol.asyncDispose]() {
      connection.closeSync();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
