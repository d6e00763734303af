// Logs with broken bytes: an error that says what is wrong, or rows, within seconds; of a deletion vector, which has a checksum, the right rows.
import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { PitotError } from "@pitot/core";
import { afterAll, describe, expect, it } from "vitest";
import { deltaSource } from "../../src/delta/delta-source.ts";
import { comparable, tableRows } from "./stored-rows.ts";

const data = process.env["PITOT_CONFORMANCE_DATA"];
if (data === undefined) console.warn("PITOT_CONFORMANCE_DATA is not set: no golden Delta table is broken");
const folder = mkdtempSync(join(tmpdir(), "pitot-delta-fuzz-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** With `PITOT_SOAK`: thousands instead of some. */
const RUNS = process.env["PITOT_SOAK"] === undefined ? 40 : 3000;
const TABLES = [
  "basic-with-inserts-merge",
  "data-skipping-basic-stats-all-types-checkpoint",
  "dv-partitioned-with-checkpoint",
  "multi-part-checkpoint",
  "table-with-columnmapping-mode-name",
  "v2-checkpoint-parquet",
];

describe.skipIf(data === undefined)("golden tables with broken bytes", () => {
  it.each(TABLES)(
    "%s",
    async (name) => {
      const table = join(folder, name);
      cpSync(join(data!, "delta", name, "delta"), table, { recursive: true });
      const files = readdirSync(table, { recursive: true, encoding: "utf8" })
        .map((path) => join(table, path))
        .filter((path) => /_delta_log.*\.(json|parquet|crc)$|deletion_vector.*\.bin$/.test(path));
      for (const path of readdirSync(table, { recursive: true, encoding: "utf8" }))
        chmodSync(join(table, path), 0o755);
      const rows = comparable(await tableRows(await deltaSource(table)));
      let refused = 0;
      const broken = fc.record({
        file: fc.constantFrom(...files),
        at: fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat(255)), {
          minLength: 1,
          maxLength: 3,
        }),
        cut: fc.boolean(),
      });
      await fc.assert(
        fc.asyncProperty(broken, async ({ file, at, cut }) => {
          const good = readFileSync(file);
          const bytes = Buffer.from(good);
          for (const [place, value] of at) bytes[Math.floor(place * bytes.length)] = value;
          writeFileSync(file, cut ? bytes.subarray(0, Math.floor(at[0]![0] * bytes.length)) : bytes);
          const started = performance.now();
          try {
            const source = await deltaSource(table);
            const found = comparable(await tableRows(source));
            if (file.endsWith(".bin")) expect(found).toEqual(rows);
          } catch (error) {
            if (!(error instanceof PitotError)) throw error;
            refused++;
          } finally {
            writeFileSync(file, good);
          }
          expect(performance.now() - started).toBeLessThan(10_000);
        }),
        { numRuns: RUNS, endOnFailure: true },
      );
      expect(refused).toBeGreaterThan(0);
      expect(comparable(await tableRows(await deltaSource(table)))).toEqual(rows);
    },
    1_800_000,
  );
});
