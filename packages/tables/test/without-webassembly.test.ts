import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";

/** Profiles and invalid ids of columns of each sort that a kernel reads, with lengths beside its steps and values at the ends of types. */
const SCRIPT = `
import { profileTable, qualityFromIds } from "@pitot/tables";
import { LargeUtf8, Utf8, vectorFromArray } from "apache-arrow";
let seed = 7;
const random = () => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) / 2 ** 32;
const result = { webAssembly: typeof WebAssembly, columns: [] };
for (const length of [1, 31, 513, 5000]) {
  const pick = (...values) => Array.from({ length }, () => values[Math.floor(random() * values.length)]);
  const text = pick("0", "", "1", "00", "é", null);
  const columns = {
    int32: Int32Array.from(pick(0, 1, -1, 2 ** 31 - 1, -(2 ** 31))),
    int64: BigInt64Array.from(pick(0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n)),
    uint64: BigUint64Array.from(pick(0n, 1n, 2n ** 64n - 1n)),
    doubles: Float64Array.from(pick(0, -0, NaN, Infinity, -Infinity, 1e-310, 0.5)),
    random: Float64Array.from({ length }, () => random() * 1e6),
    nulls: vectorFromArray(pick(0, 1.5, null)),
    utf8: vectorFromArray(text, new Utf8()),
    large: vectorFromArray(text, new LargeUtf8()),
  };
  for (const { name, profile } of profileTable(columns)) {
    const spec = { idCol: name, entityKind: "NODE", issue: "INVALID_ID" };
    const rows = qualityFromIds(columns, spec, { ordinals: true }).getChild("row_ordinal").toArray();
    result.columns.push([name, Buffer.from(profile.bytes()).toString("base64"), Array.from(rows, Number)]);
  }
}
console.log(JSON.stringify(result));
`;

function answers(...flags: string[]): { webAssembly: string; columns: unknown[] } {
  const output = execFileSync(process.execPath, [...flags, "--input-type=module", "--eval", SCRIPT], {
    cwd: import.meta.dirname,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"], // Node warns that --jitless turns WebAssembly off
  });
  return JSON.parse(output) as { webAssembly: string; columns: unknown[] };
}

it("a process without WebAssembly has the same profiles and finds the same ids", () => {
  const [without, normal] = [answers("--jitless"), answers()];
  expect([without.webAssembly, normal.webAssembly]).toEqual(["undefined", "object"]);
  expect(without.columns).toHaveLength(32);
  expect(without.columns).toEqual(normal.columns);
});
