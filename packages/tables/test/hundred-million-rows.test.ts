import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";

/** Looks at a stream of so many batches of a million rows in each way that there is, in a process of its own whose memory is looked at. */
const SCRIPT = `
import { IdSet, measureStream, profileStream, qualityFromDuplicates, qualityFromStream } from "@pitot/tables";
const count = Number(process.argv[1]);
const million = Int32Array.from({ length: 1_000_000 }, (_, i) => i % 1000 === 0 ? 0 : i);
function* batches(number) {
  for (let k = 0; k < number; k++) yield { id: million.slice() };
}
const spec = { idCol: "id", entityKind: "NODE", issue: "INVALID_ID" };
let invalid = 0;
let last = -1;
for await (const table of qualityFromStream(batches(count), [spec], { ordinals: true })) {
  invalid += table.numRows;
  last = Number(table.getChild("row_ordinal").get(table.numRows - 1));
}
const { rows } = await measureStream(batches(count));
const [{ profile }] = await profileStream(batches(count));
const seen = new IdSet();
let duplicates = 0;
for (const batch of batches(count / 10)) duplicates += qualityFromDuplicates(batch, spec, { seen }).numRows;
console.log(JSON.stringify({ invalid, last, rows, profiled: profile.rows, median: profile.quantiles.quantiles([0.5])[0],
  duplicates, megabytes: process.resourceUsage().maxRSS / 1024 }));
`;

function look(batches: number): Record<string, number> {
  const output = execFileSync(process.execPath, ["--input-type=module", "--eval", SCRIPT, String(batches)], {
    cwd: import.meta.dirname,
    encoding: "utf8",
  });
  return JSON.parse(output) as Record<string, number>;
}

it("a hundred million rows take no more memory than ten million", () => {
  const [few, many] = [look(10), look(100)];
  expect(many).toMatchObject({ invalid: 100_000, last: 99_999_000, rows: 1e8, profiled: 1e8 });
  // The first million has 999 zeros that repeat, each later one nothing new.
  expect(many["duplicates"]).toBe(10_000_000 - 999_001);
  expect(many["median"]! / 500_000).toBeCloseTo(1, 1);
  expect(many["megabytes"]! - few["megabytes"]!).toBeLessThan(100);
});
