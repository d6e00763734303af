import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { openDataset, scanBatches } from "../src/index.ts";

const data = process.env["PITOT_CONFORMANCE_DATA"];
const folder = data === undefined ? undefined : join(data, "parquet");
if (folder === undefined)
  console.warn("PITOT_CONFORMANCE_DATA is not set: files of other writers are not scanned");

/** What cannot be read, and why. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  // The year 9999 in nanoseconds.
  "int96_from_spark.parquet": /timestamp\[ns\] cannot hold/,
  // 2 GiB of text in one column of one row group: a byte too many, which is known before any of it is decompressed.
  "large_string_map.brotli.parquet": /more text in one column/,
};

describe.skipIf(folder === undefined)("files of other writers", () => {
  const files = folder === undefined ? [] : below(folder);
  it.each(files)("scans or refuses %s", async (file) => {
    const refused = REFUSED[basename(file)];
    const dataset = await openDataset(file);
    const rows = async (): Promise<number> => {
      let count = 0;
      for await (const batch of scanBatches(dataset)) {
        count += batch.numRows;
        // Every value can be looked at.
        for (const row of batch.toArray().slice(0, 50))
          JSON.stringify(row, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
      }
      return count;
    };
    if (refused !== undefined) {
      const before = process.resourceUsage().maxRSS;
      await expect(rows()).rejects.toThrow(refused);
      // In KiB.
      expect(process.resourceUsage().maxRSS - before).toBeLessThan(512 * 1024);
      return;
    }
    const answer = `${file}.pyarrow.json`;
    const expected = existsSync(answer) ? (JSON.parse(readFileSync(answer, "utf8")) as Answer) : undefined;
    const count = await rows();
    // One file says 0 rows in its footer and has some: the row groups are right.
    if (expected?.row_groups !== undefined && expected.row_groups_cut === undefined)
      expect(count).toBe(expected.row_groups.reduce((total, { num_rows }) => total + num_rows, 0));
  });
});

interface Answer {
  /** Absent where pyarrow refuses the file. */
  readonly row_groups?: readonly { readonly num_rows: number }[];
  readonly row_groups_cut?: unknown;
}

function below(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".parquet"))
    .map((name) => join(root, name));
}
