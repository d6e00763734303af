import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { deltaSource } from "../../src/delta/delta-source.ts";
import { findOrphans } from "../../src/delta/find-orphans.ts";
import { raceAppends } from "./race-appends.ts";
import { comparable, tableRows } from "./stored-rows.ts";

const folder = mkdtempSync(join(tmpdir(), "pitot-race-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** `npm run soak -w @pitot/bench`: eight processes of a hundred commits each. Takes minutes. */
const soak = process.env["PITOT_SOAK"] !== undefined;

it("loses and doubles no row when processes race, are killed, and start again", async () => {
  const table = join(folder, "table");
  const writers = soak ? 8 : 4;
  const commits = soak ? 100 : 8;
  const { outcomes } = await raceAppends({ table, writers, commits, kills: soak ? 60 : 6 });
  const source = await deltaSource(table);
  const rows = (await tableRows(source)) as { writer: number; version: number; row: number }[];
  expect(rows.map(({ writer, version, row }) => `${writer}/${version}/${row}`).sort()).toEqual(
    Array.from(
      { length: writers * commits * 2 },
      (_, i) => `${Math.floor(i / (commits * 2))}/${Math.floor(i / 2) % commits}/${i % 2}`,
    ).sort(),
  );
  // Versions follow each other, one per write.
  expect(source.version).toBe(writers * commits - 1);
  expect(readdirSync(join(table, "_delta_log")).filter((name) => name.endsWith(".json")).length).toBe(
    writers * commits,
  );
  // What each process said is true: where it said committed, the version is its own; nobody said it twice.
  const committed = outcomes.filter(({ outcome }) => outcome === "committed");
  expect(new Set(committed.map(({ at }) => at)).size).toBe(committed.length);
  expect(outcomes.every(({ outcome }) => outcome === "committed" || outcome === "skipped_duplicate")).toBe(
    true,
  );
  for (let writer = 0; writer < writers; writer++)
    expect(source.transactions.get(`writer-${writer}`)).toBe(BigInt(commits - 1));
  // From its newest checkpoint alone, the table is the same.
  const names = readdirSync(join(table, "_delta_log"));
  const newest = names.filter((name) => name.endsWith(".checkpoint.parquet")).at(-1);
  expect(newest).toBeDefined();
  const alone = join(folder, "alone");
  cpSync(table, alone, { recursive: true });
  for (const name of names)
    if (name !== newest && name < newest!.replace(".checkpoint", "~"))
      rmSync(join(alone, "_delta_log", name));
  const fromCheckpoint = await deltaSource(alone);
  expect(fromCheckpoint.transactions).toEqual(source.transactions);
  expect(comparable(await tableRows(fromCheckpoint))).toEqual(comparable(rows));
  // What the killed left is found, and is nothing that the table needs.
  const known = new Set((await source.plan()).fragments.map(({ path }) => path));
  for (const { path } of await findOrphans(table, { minimumAgeMs: 0 })) expect(known.has(path)).toBe(false);
}, 1_800_000);
