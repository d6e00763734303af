import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { deltaSource } from "../../src/delta/delta-source.ts";
import { comparable, folderRows, tableRows } from "./stored-rows.ts";

const data = process.env["PITOT_CONFORMANCE_DATA"];
if (data === undefined)
  console.warn("PITOT_CONFORMANCE_DATA is not set: the golden Delta tables are skipped");

/** Tables that must be refused, and the rule of the protocol that they break. */
const REFUSED: Readonly<Record<string, RegExp>> = {};

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
    const refused = REFUSED[name.replace("/delta", "")];
    if (refused !== undefined) {
      await expect(deltaSource(table).then(tableRows)).rejects.toThrow(refused);
      return;
    }
    const source = await deltaSource(table);
    const rows = comparable(await tableRows(source));
    const expected = join(folder, name, "../expected");
    if (existsSync(expected)) expect(rows).toEqual(comparable(await folderRows(expected)));
    else console.log(name, rows.length);
  });
});
