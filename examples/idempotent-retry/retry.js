// A nightly run writes two batches and is killed after the first. Its retry, another process, writes both again: the table gets each once.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { countRows, deltaSource, findOrphans, openDataset } from "pitot";

const folder = mkdtempSync(join(tmpdir(), "pitot-retry-"));
const table = join(folder, "orders");
const nightly = fileURLToPath(new URL("nightly.js", import.meta.url));

try {
  console.log("first try, killed between its two writes:");
  const first = spawnSync(process.execPath, [nightly, table, "die"], { stdio: "inherit" });
  console.log(`  ended by ${first.signal}`);

  console.log("second try, the same run key:");
  spawnSync(process.execPath, [nightly, table], { stdio: "inherit" });

  const rows = await countRows(await openDataset(table));
  const { version, transactions } = await deltaSource(table);
  const orphans = await findOrphans(table, { minimumAgeMs: 0 });
  console.log(`the table is at version ${version} and has ${rows} rows; ${orphans.length} orphan files`);
  for (const [appId, last] of transactions) console.log(`  ${appId}: its last write is ${last}`);
  if (rows !== 4) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}
