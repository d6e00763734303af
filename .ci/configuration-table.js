// Writes the table of settings into README.md, between its marks; `--check` compares and fails on a difference.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { settingsTable } from "../packages/node/dist/configuration.js";

const path = fileURLToPath(new URL("../README.md", import.meta.url));
const text = readFileSync(path, "utf8");
const wanted = text.replace(
  /(<!-- settings -->\n)[^]*?(<!-- \/settings -->)/,
  (_, open, close) => `${open}\n${settingsTable()}\n\n${close}`,
);
if (process.argv.includes("--check")) process.exit(wanted === text ? 0 : 1);
writeFileSync(path, wanted);
