// Power fails between any two steps of an append: the table has all of it or nothing, and a retry makes it whole.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Int32, Table, Utf8, vectorFromArray } from "apache-arrow";
import { afterAll, expect, it } from "vitest";
import { appendDelta } from "../../src/delta/append-delta.ts";
import { deltaSource } from "../../src/delta/delta-source.ts";
import { findOrphans } from "../../src/delta/find-orphans.ts";
import { hasLog } from "../../src/delta/log-listing.ts";
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

it.each(["kept", "torn", "lost"] as const)(
  "leaves a table that every reader opens, what was not synced being %s",
  async (unsynced) => {
    let failures = 0;
    let orphans = 0;
    const found = new Map<string, number[] | null>();
    for (const isNew of [true, false])
      for (let steps = 0; ; steps++) {
        const table = join(folder, `${unsynced}-${isNew ? "new" : "old"}-${steps}`);
        const before = isNew ? [] : [1, 2];
        const first = { appId: "first", version: 0, partitionBy: ["part"] };
        if (!isNew) await appendDelta(table, rows(1, 2), first);
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
        const again = await appendDelta(table, rows(3, 4, 5), append);
        expect(again.outcome).toBe(after.length > before.length ? "skipped_duplicate" : "committed");
        expect(await idsOf(table)).toEqual([...before, 3, 4, 5]);
        found.set(table, [...before, 3, 4, 5]);
      }
    expect(failures).toBeGreaterThan(30);
    expect(orphans).toBeGreaterThan(10);
    if (python === undefined) return;
    const told = deltalake([...found.keys()]);
    expect(told).toEqual([...found.values()]);
  },
);
