// Power fails between any two steps of an append: the table has all of it or nothing, and a retry makes it whole.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Int32, Table, Utf8, vectorFromArray } from "apache-arrow";
import { afterAll, expect, it } from "vitest";
import { appendDelta } from "../../src/delta/append-delta.ts";
import { deltaSource } from "../../src/delta/delta-source.ts";
import { findOrphans } from "../../src/delta/find-orphans.ts";
import { checkpointName, commitName, hasLog } from "../../src/delta/log-listing.ts";
import { failPower } from "./power-loss.ts";
import { tableRows } from "./stored-rows.ts";

const folder = mkdtempSync(join(tmpdir(), "pitot-power-loss-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const python = process.env["PITOT_PYTHON"];
if (python === undefined)
  console.warn("PITOT_PYTHON is not set: deltalake does not open tables after a loss of power");

const rows = (...ids: number[]): Table =>
  new Table({
    part: vectorFromArray(
      ids.map((id) => (id % 2 === 0 ? "even" : "odd")),
      new Utf8(),
    ),
    id: vectorFromArray(ids, new Int32()),
  });
const idsOf = async (table: string): Promise<number[]> =>
  (await hasLog(table))
    ? ((await tableRows(await deltaSource(table))) as { id: number }[])
        .map(({ id }) => id)
        .toSorted((a, b) => a - b)
    : [];

/** What deltalake finds in tables; null where it says that there is none. */
function deltalake(tables: readonly string[]): (number[] | null)[] {
  const code = `
import json, os, sys
from deltalake import DeltaTable
from deltalake.exceptions import TableNotFoundError
def ids(table):
  try: return sorted(DeltaTable(table).to_pyarrow_table()["id"].to_pylist())
  except TableNotFoundError: return None
print(json.dumps([ids(table) for table in json.load(sys.stdin)]))
sys.stdout.flush()
os._exit(0)`;
  return JSON.parse(
    execFileSync(python!, ["-c", code], { input: JSON.stringify(tables), encoding: "utf8" }),
  ) as (number[] | null)[];
}

/** Sets a property of a table in its first commit. */
function setProperty(table: string, name: string, value: string): void {
  const path = join(table, "_delta_log", commitName(0));
  const configuration = `"configuration":${JSON.stringify({ [name]: value })}`;
  writeFileSync(path, readFileSync(path, "utf8").replace('"configuration":{}', configuration));
}

it.each(["kept", "torn", "lost"] as const)(
  "leaves a table that every reader opens, what was not synced being %s",
  async (unsynced) => {
    let failures = 0;
    let orphans = 0;
    const found = new Map<string, number[] | null>();
    let checkpoints = 0;
    for (const kind of ["new", "old", "checkpoint"] as const)
      for (let steps = 0; ; steps++) {
        const table = join(folder, `${unsynced}-${kind}-${steps}`);
        const isNew = kind === "new";
        const before = isNew ? [] : [1, 2];
        const first = { appId: "first", version: 0, partitionBy: ["part"] };
        if (!isNew) await appendDelta(table, rows(1, 2), first);
        // The append is the version at which a checkpoint is due, and there is one before that it goes on from.
        if (kind === "checkpoint") {
          setProperty(table, "delta.checkpointInterval", "1");
          await appendDelta(table, rows(), { appId: "second", version: 0 });
        }
        const append = { appId: "a", version: 0, partitionBy: ["part"] };
        if (!(await failPower(() => appendDelta(table, rows(3, 4, 5), append), steps, unsynced))) break;
        failures++;
        const after = await idsOf(table);
        expect([before, [...before, 3, 4, 5]]).toContainEqual(after);
        if (existsSync(table)) {
          // As it is now, for the other reader.
          const then = `${table}-then`;
          cpSync(table, then, { recursive: true });
          found.set(then, (await hasLog(table)) ? after : null);
        }
        const left = (await hasLog(table)) ? await findOrphans(table, { minimumAgeMs: 0 }) : [];
        orphans += left.length;
        // What is left behind is nothing that the table needs.
        for (const { path } of left) rmSync(join(table, path));
        expect(await idsOf(table)).toEqual(after);
        const checkpoint = join(table, "_delta_log", checkpointName(2));
        if (kind === "checkpoint" && existsSync(checkpoint)) {
          checkpoints++;
          // What was before is not needed any more.
          for (const version of [0, 1, 2]) rmSync(join(table, "_delta_log", commitName(version)));
          rmSync(join(table, "_delta_log", checkpointName(1)));
          expect(await idsOf(table)).toEqual([...before, 3, 4, 5]);
        }
        const again = await appendDelta(table, rows(3, 4, 5), append);
        expect(again.outcome).toBe(after.length > before.length ? "skipped_duplicate" : "committed");
        expect(await idsOf(table)).toEqual([...before, 3, 4, 5]);
        found.set(table, [...before, 3, 4, 5]);
      }
    expect(failures).toBeGreaterThan(30);
    expect(orphans).toBeGreaterThan(10);
    expect(checkpoints).toBeGreaterThan(3);
    if (python === undefined) return;
    const told = deltalake([...found.keys()]);
    expect(told).toEqual([...found.values()]);
  },
);
