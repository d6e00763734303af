// A table of very many files: what is pruned by column is what each file's statistics say one by one, and the state stays small.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { col, deltaSource } from "../../src/index.ts";
import { arbitraryComparison, arbitraryPredicate } from "../arbitrary-predicate.ts";

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

const field = (name: string, type: string): object => ({ name, type, nullable: true, metadata: {} });
const HEAD = [
  { protocol: { minReaderVersion: 1, minWriterVersion: 2 } },
  {
    metaData: {
      id: "t",
      format: { provider: "parquet", options: {} },
      schemaString: JSON.stringify({
        type: "struct",
        fields: [
          field("l", "long"),
          field("i", "integer"),
          field("f", "double"),
          field("s", "string"),
          field("t", "timestamp"),
          field("p", "string"),
        ],
      }),
      partitionColumns: ["p"],
      configuration: {},
    },
  },
].map((action) => JSON.stringify(action));

function tableOf(lines: Iterable<string>): string {
  const folder = mkdtempSync(join(tmpdir(), "pitot-many-files-"));
  folders.push(folder);
  mkdirSync(join(folder, "_delta_log"));
  writeFileSync(
    join(folder, "_delta_log", "00000000000000000000.json"),
    `${[...HEAD, ...lines].join("\n")}\n`,
  );
  return folder;
}

const long = fc.constantFrom("-3", "0", "2", "7", "9007199254740993", "-9223372036854775808", "1.5", "null");
const integer = fc.constantFrom("-3", "0", "2", "3000000000", "1e1", '"x"');
const double = fc.constantFrom("-1.5", "0", "-0.0", "2.5", '"NaN"', '"Infinity"', "0.12345678901234567");
const text = fc.constantFrom('""', '"a"', '"b\\"c"', '"é"', '"\\uFFFD"', '"\u{1F600}"');
const time = fc.constantFrom('"2024-01-01T00:00:00.000Z"', '"2024-01-01T00:00:00.001Z"', '"soon"');
const columns = { l: long, i: integer, f: double, s: text, t: time };
const values = fc.record(columns, { requiredKeys: [] });
const count = fc.constantFrom("0", "1", "5", "6", "-1");
const nulls = fc.record({ l: count, i: count, f: count, s: count, t: count }, { requiredKeys: [] });
const object = (entries: object): string =>
  `{${Object.entries(entries)
    .map(([key, value]) => `"${key}":${value}`)
    .join(",")}}`;
/** Statistics as writers leave them, and as none should. */
const stats = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .tuple(
        fc.constantFrom("5", "5", "5", "0", "null"),
        values,
        values,
        nulls,
        fc.constantFrom("", "true", "false"),
      )
      .map(
        ([rows, min, max, nullCount, tight]) =>
          `{"numRecords":${rows},"minValues":${object(min)},"maxValues":${object(max)},"nullCount":${object(nullCount)}${tight && `,"tightBounds":${tight}`}}`,
      ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom("", "{", "[]", '{"numRecords":5,"numRecords":5}', ' { "numRecords" : 5 } '),
  },
);
const file = fc.record({ stats, p: fc.constantFrom("a", "b", null) });

const comparison = arbitraryComparison(
  fc.oneof(
    fc.tuple(fc.constant("l"), fc.constantFrom(0n, 2n, 9007199254740993n, 9007199254740992n, -(2n ** 63n))),
    fc.tuple(fc.constant("i"), fc.constantFrom(-3, 0, 10)),
    fc.tuple(fc.constant("f"), fc.constantFrom(-1.5, 0, Infinity, Number.NaN)),
    fc.tuple(fc.constant("s"), fc.constantFrom("", "a", "\uFFFD", "\u{1F600}")),
    fc.tuple(fc.constant("t"), fc.constantFrom("2024-01-01T00:00:00Z", "2024-01-01T00:00:00.002Z")),
    fc.tuple(fc.constant("p"), fc.constantFrom("a", "c")),
  ),
);
const predicate = arbitraryPredicate(comparison);

it("leaves out by column what each file's statistics leave out by themselves", async () => {
  let [kept, skipped] = [0, 0];
  await fc.assert(
    fc.asyncProperty(
      fc.array(file, { minLength: 1, maxLength: 20, size: "max" }),
      fc.array(predicate, { minLength: 1, maxLength: 8 }),
      async (files, predicates) => {
        const source = await deltaSource(
          tableOf(
            files.map(({ stats, p }, i) =>
              JSON.stringify({ add: { path: `${i}.parquet`, partitionValues: { p }, size: i, stats } }),
            ),
          ),
        );
        const { fragments } = await source.plan();
        expect(fragments.map(({ path }) => path)).toEqual(files.map((_, i) => `${i}.parquet`));
        const types = new Map(source.schema.fields.map(({ name, type }) => [name, type]));
        for (const predicate of predicates) {
          const plan = await source.plan(predicate);
          const expected = fragments.filter(({ statistics, partition, rows = 1 }) => {
            const canBeTrue = (perRows: number, withStatistics: boolean): boolean =>
              predicate.outcomes((path) => {
                const type = types.get(path)!;
                if (path === "p") {
                  const value = partition.get(path)!;
                  const bounds = { minExact: true, maxExact: true, rows: perRows };
                  return value === null
                    ? { type, bounds: { ...bounds, nullCount: perRows } }
                    : { type, bounds: { ...bounds, min: value, max: value, nullCount: 0, nanCount: 0 } };
                }
                const bounds = withStatistics ? statistics!.get(path) : undefined;
                return bounds && { bounds, type };
              }).canBeTrue;
            if (predicate.columns.includes("p") && !canBeTrue(1, false)) return false;
            return predicate.columns.every((path) => path === "p") || canBeTrue(rows, true);
          });
          expect(plan.fragments.map(({ path }) => path)).toEqual(expected.map(({ path }) => path));
          expect(plan.skipped.length).toBe(files.length - expected.length);
          expect(new Set([...plan.skipped].map(({ fragment }) => fragment.path))).toEqual(
            new Set(fragments.filter((each) => !expected.includes(each)).map(({ path }) => path)),
          );
          kept += expected.length;
          skipped += plan.skipped.length;
        }
      },
    ),
    { numRuns: 300 },
  );
  expect(kept).toBeGreaterThan(100);
  expect(skipped).toBeGreaterThan(100);
});

it("keeps a million actions within 400 MiB, 32 of them objects", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const table = tableOf([]);
  const [commits, files] = [10, 100_000];
  for (let version = 1; version <= commits; version++) {
    const lines: string[] = [];
    for (let i = 0; i < files; i++) {
      const id = version * files + i;
      const stats = `{"numRecords":10,"minValues":{"l":${id}0,"s":"aaa"},"maxValues":{"l":${id}9,"s":"zzz"},"nullCount":{"l":0,"s":3}}`;
      const path = `p=${i % 30}/part-${i}-0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0-c${version}.snappy.parquet`;
      lines.push(JSON.stringify({ add: { path, partitionValues: { p: String(i % 30) }, size: i, stats } }));
    }
    writeFileSync(
      join(table, "_delta_log", `${String(version).padStart(20, "0")}.json`),
      `${lines.join("\n")}\n`,
    );
  }
  const used = (): { heap: number; all: number } => {
    collect();
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return { heap: heapUsed, all: heapUsed + arrayBuffers };
  };
  const before = used();
  const source = await deltaSource(table);
  const { fragments, skipped } = await source.plan(col("l").eq(BigInt(files * 5) * 10n));
  expect([fragments.length, skipped.length]).toEqual([1, commits * files - 1]);
  expect(skipped.at(0)?.reason).toBe("delta_statistics");
  const after = used();
  const mebibytes = (bytes: number): number => bytes / 2 ** 20;
  console.log(
    `a million actions: ${mebibytes(after.heap - before.heap).toFixed(0)} MiB of heap, ${mebibytes(after.all - before.all).toFixed(0)} with buffers`,
  );
  expect(mebibytes(after.heap - before.heap)).toBeLessThan(32);
  expect(mebibytes(after.all - before.all)).toBeLessThan(400);
});
