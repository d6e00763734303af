// Files of tables that are cut, gone, or something else than a file: the right rows, or an error that names the file and a remedy.
import {
  appendFileSync,
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { Int32, Table, vectorFromArray } from "apache-arrow";
import { PitotError } from "@pitot/core";
import { afterAll, describe, expect, it } from "vitest";
import { appendDelta } from "../../src/delta/append-delta.ts";
import { findOrphans } from "../../src/delta/find-orphans.ts";
import { openDataset } from "../../src/dataset/open-dataset.ts";
import { comparable, scannedRows } from "./stored-rows.ts";

const folder = mkdtempSync(join(tmpdir(), "pitot-torn-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const data = process.env["PITOT_CONFORMANCE_DATA"];
if (data === undefined) console.warn("PITOT_CONFORMANCE_DATA is not set: no golden Delta table is torn");
const GOLDEN = [
  "dv-partitioned-with-checkpoint",
  "multi-part-checkpoint",
  "table-with-columnmapping-mode-name",
  "v2-checkpoint-parquet",
];

/** What a file is replaced by. */
const TORN: Readonly<Record<string, (file: string) => void>> = {
  empty: (file) => truncateSync(file, 0),
  "cut in half": (file) => truncateSync(file, lstatSync(file).size >> 1),
  "cut by a byte": (file) => truncateSync(file, lstatSync(file).size - 1),
  longer: (file) => appendFileSync(file, "xx"),
  zeros: (file) => writeFileSync(file, Buffer.alloc(lstatSync(file).size)),
  gone: (file) => rmSync(file),
  "a link that leads nowhere": (file) => replaceByLink(file, "nowhere"),
  "a link to itself": (file) => replaceByLink(file, basename(file)),
  "a link out of the table": (file) => {
    cpSync(file, join(folder, "elsewhere"));
    replaceByLink(file, join(folder, "elsewhere"));
  },
  "a link to a device that never ends": (file) => replaceByLink(file, "/dev/zero"),
  "a folder": (file) => {
    rmSync(file);
    mkdirSync(file);
  },
};

function replaceByLink(file: string, target: string): void {
  rmSync(file);
  symlinkSync(target, file);
}

const rowsOf = async (table: string, version?: number): Promise<string> =>
  JSON.stringify(
    comparable(await scannedRows(await openDataset(table, version === undefined ? {} : { version }))),
  );

/** The rows of every version that is left, the last one first. */
async function versions(table: string): Promise<string[]> {
  const rows = [await rowsOf(table)];
  for (let version = 0; version < 20; version++) {
    const older = await rowsOf(table, version).catch(() => undefined);
    if (older !== undefined) rows.push(older);
  }
  return rows;
}

async function tearEach(table: string): Promise<void> {
  const known = await versions(table);
  const files = readdirSync(table, { recursive: true, encoding: "utf8" })
    .map((path) => join(table, path))
    .filter((path) => lstatSync(path).isFile());
  let refused = 0;
  for (const file of files)
    for (const [how, tear] of Object.entries(TORN)) {
      // A log that is empty is one that a writer has just begun.
      if (how === "gone" && readdirSync(dirname(file)).join() === basename(file)) continue;
      const good = readFileSync(file);
      tear(file);
      const where = `${file}, ${how}`;
      try {
        const rows = await rowsOf(table);
        // Without its last commit a table is the version before it, and nobody can tell.
        if (how === "gone" && file.includes("_delta_log")) expect(known, where).toContain(rows);
        else expect(rows, where).toBe(known[0]);
      } catch (error) {
        if (!(error instanceof PitotError)) throw new Error(where, { cause: error });
        refused++;
        expect(error.remedy, where).not.toBe("");
        // Where commits are missing, the error tells which.
        if (how !== "gone")
          expect(`${error.message} ${String(error.value)}`, where).toContain(basename(file));
      }
      rmSync(file, { recursive: true, force: true });
      writeFileSync(file, good);
    }
  expect(refused).toBeGreaterThan(files.length);
  expect(await rowsOf(table)).toBe(known[0]);
}

describe.skipIf(process.platform === "win32")("torn tables", () => {
  it("that Pitot wrote, with a checkpoint", async () => {
    const table = join(folder, "own");
    // The eleventh is followed by a checkpoint.
    for (let version = 0; version < 12; version++)
      await appendDelta(table, new Table({ id: vectorFromArray([version, version + 10], new Int32()) }), {
        appId: "a",
        version,
      });
    expect(readdirSync(join(table, "_delta_log")).some((name) => name.includes(".checkpoint."))).toBe(true);
    await tearEach(table);
  }, 120_000);

  it.each(data === undefined ? [] : GOLDEN)(
    "%s",
    async (name) => {
      const table = join(folder, name);
      cpSync(join(data!, "delta", name, "delta"), table, { recursive: true });
      for (const path of readdirSync(table, { recursive: true, encoding: "utf8" }))
        chmodSync(join(table, path), 0o755);
      await tearEach(table);
    },
    600_000,
  );

  it("are not read as plain files where their log cannot be", async () => {
    const table = join(folder, "logless");
    await appendDelta(table, new Table({ id: vectorFromArray([1], new Int32()) }), {
      appId: "a",
      version: 0,
    });
    const log = join(table, "_delta_log");
    rmSync(join(log, "00000000000000000000.json"));
    writeFileSync(join(log, "_last_checkpoint"), "{}");
    await expect(openDataset(table)).rejects.toMatchObject({ code: "INVALID_DATA", value: log });
    rmSync(log, { recursive: true });
    symlinkSync("nowhere", log);
    await expect(openDataset(table)).rejects.toMatchObject({ code: "IO", value: log });
    rmSync(log);
    writeFileSync(log, "");
    await expect(openDataset(table)).rejects.toMatchObject({ code: "IO", value: log });
    await expect(findOrphans(join(folder, "none"))).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });
});
