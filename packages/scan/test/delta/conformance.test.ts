import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { deltaSource } from "../../src/delta/delta-source.ts";
import { openDataset } from "../../src/dataset/open-dataset.ts";
import { countRows } from "../../src/reading/scan.ts";
import { comparable, folderRows, scannedRows, tableRows } from "./stored-rows.ts";

const data = process.env["PITOT_CONFORMANCE_DATA"];
if (data === undefined)
  console.warn("PITOT_CONFORMANCE_DATA is not set: the golden Delta tables are skipped");

/** Tables that must be refused, and the rule of the protocol that they break. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  "data-reader-absolute-paths-escaped-chars": /leads out of the table/,
  "deltalog-state-reconstruction-from-checkpoint-missing-metadata": /no metaData action/,
  "deltalog-state-reconstruction-without-metadata": /no metaData action/,
  "update-deleted-directory": /metaData.schemaString must be text/,
};

/** Tables that are a log alone: what it comes to, and what is said of files that were never there. */
const LOG_ONLY: Readonly<Record<string, readonly string[]>> = {
  checkpoint: ["15"],
  "delete-re-add-same-file-different-transactions": ["foo", "bar"],
};

/** Rows of tables that come without expected ones: as many as their logs and files have. */
const ROWS: Readonly<Record<string, number>> = {
  "canonicalized-paths-normal-a": 0,
  "canonicalized-paths-special-a": 0,
  "deltatbl-map-types-correctly": 1,
  "deltatbl-partition-prune": 5,
};

/** Written in another zone than UTC, with partition timestamps that do not say so. */
const TIME_ZONES: Readonly<Record<string, string>> = {
  "data-reader-partition-values": "America/Los_Angeles",
};

/** Every table of the folder, those within others too. */
function tables(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const table = join(folder, name, "delta");
    if (existsSync(join(table, "_delta_log"))) return [`${name}/delta`];
    return readdirSync(table).map((inner) => `${name}/delta/${inner}`);
  });
}

describe.skipIf(data === undefined)("golden tables", () => {
  const folder = join(data ?? "", "delta");
  it.each(data === undefined ? [] : tables(folder))("%s", async (name) => {
    const table = join(folder, name);
    const short = name.replace(/^hive\/delta\/|\/delta$/g, "");
    const refused = REFUSED[short];
    if (refused !== undefined) {
      await expect(deltaSource(table)).rejects.toThrow(refused);
      return;
    }
    const timeZone = TIME_ZONES[short];
    const source = await deltaSource(table, timeZone === undefined ? {} : { timeZone });
    const files = LOG_ONLY[short];
    if (files !== undefined) {
      expect((await source.plan()).fragments.map(({ path }) => path)).toEqual(files);
      await expect(tableRows(source)).rejects.toMatchObject({ code: "IO", message: /is not there/ });
      return;
    }
    const stored = await tableRows(source);
    const rows = comparable(stored);
    const expected = join(folder, name, "../expected");
    if (existsSync(expected)) expect(rows).toEqual(comparable(await folderRows(expected)));
    else expect(stored.length).toBe(ROWS[short] ?? 10);
    // The same through Pitot's own reader, which knows a table by its log.
    const dataset = await openDataset(table, timeZone === undefined ? {} : { timeZone });
    expect(dataset.format).toBe("delta");
    expect(comparable(await scannedRows(dataset))).toEqual(rows);
    expect(await countRows(dataset)).toBe(stored.length);
  });
});
