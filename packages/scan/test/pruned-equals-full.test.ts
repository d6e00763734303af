// Whatever is skipped by partitions, statistics, bloom filters and pages: what is left is what a scan of all rows finds. Files of DuckDB, and of pyarrow where it is at hand.
import { execFileSync } from "node:child_process";
import { DataType, type Data } from "apache-arrow";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  col,
  countedRows,
  openDataset,
  scanBatches,
  type Dataset,
  type Literal,
  type Predicate,
} from "../src/index.ts";
import { scalarAt } from "../src/predicate/scalar-at.ts";
import { arbitraryPredicate } from "./arbitrary-predicate.ts";
import { duckFiles, type DuckFiles } from "./duckdb-files.ts";

const RUNS = Number(process.env["PITOT_PRUNING_RUNS"] ?? 60);
const python = process.env["PITOT_PYTHON"];
if (python === undefined) console.warn("page indexes of pyarrow are not pruned by: PITOT_PYTHON is not set");

// Sorted, nearly sorted, mixed and constant columns, so that row groups are told apart by some and not by others.
const ROWS = `select i::integer as id, i // 97 as big, (i * 7919 % 1000)::integer as mixed,
    case when i % 11 = 0 then null when i % 13 = 0 then 'nan'::double else (i // 40) / 4.0 end as f,
    case when i % 17 = 0 then 'nan'::float else (i % 50)::float end as g,
    case when i % 5 = 0 then null else ['a', 'é', 'z' || repeat('x', 70), '😀', '\uFFFD', ''][1 + i // 2100 % 6] || lpad((i // 30)::varchar, 4, '0') end as s,
    (i // 64)::decimal(9, 2) / 4 as d, ((i - 6000) * 1000000007::decimal(30, 0))::decimal(30, 4) as wide,
    timestamp '2024-01-01' + to_minutes(i) as at, date '1969-12-25' + (i // 500)::integer as day, i % 4000 < 2100 as flag,
    case when i % 7 = 0 then null else {'a': i // 100, 'b': {'c': 'n' || (i // 1000)}} end as st, (i * 5)::uinteger as u,
    case when i < 4000 then null when i < 8000 then 1 else -5 end as p, ['x y', 'ü'][1 + (i // 6000)] as q
  from range(12000) t(i)`;

const LEAVES = ["id", "big", "mixed", "f", "g", "s", "d", "wide", "at", "day", "flag", "st.a", "st.b.c", "u"];

let duck: DuckFiles;
beforeAll(async () => {
  duck = await duckFiles();
});
afterAll(async () => await duck[Symbol.asyncDispose]());

interface Table {
  readonly columns: ReadonlyMap<string, readonly Data[]>;
  readonly batches: readonly number[];
}

/** All rows, without any predicate. */
async function wholeTable(dataset: Dataset, paths: readonly string[]): Promise<Table> {
  const columns = new Map<string, Data[]>(paths.map((path) => [path, []]));
  const batches: number[] = [];
  for await (const batch of scanBatches(dataset)) {
    batches.push(batch.numRows);
    for (const path of paths) {
      let data: Data | undefined;
      for (const name of path.split(".")) {
        const { fields, children } =
          data === undefined
            ? { fields: batch.schema.fields, children: batch.data.children }
            : { fields: data.type.children, children: data.children };
        data = children[fields.findIndex((field: { name: string }) => field.name === name)];
      }
      columns.get(path)!.push(data!);
    }
  }
  return { columns, batches };
}

/** A value of the column as a user may write it. */
function literalOf(data: Data, row: number): Literal | undefined {
  const value = scalarAt(data, row);
  if (value === null) return undefined;
  if (DataType.isDecimal(data.type)) {
    const digits = String(value)
      .replace("-", "")
      .padStart(data.type.scale + 1, "0");
    return `${(value as bigint) < 0n ? "-" : ""}${digits.slice(0, -data.type.scale)}.${digits.slice(-data.type.scale)}`;
  }
  return value;
}

/** Comparisons with values that are there, or lie next to them. */
function arbitraryOver({ columns }: Table): fc.Arbitrary<Predicate> {
  const paths = [...columns.keys()];
  const comparison = fc
    .tuple(
      fc.constantFrom(...paths),
      fc.array(fc.nat(), { minLength: 1, maxLength: 12 }),
      fc.nat(9),
      fc.boolean(),
    )
    .map(([path, places, how, next]): Predicate => {
      const parts = columns.get(path)!;
      const literals = places.flatMap((place) => {
        const data = parts[place % parts.length]!;
        const literal = literalOf(data, (place * 31) % data.length);
        if (literal === undefined) return [];
        if (!next || DataType.isBool(data.type) || DataType.isDecimal(data.type)) return [literal];
        return [
          typeof literal === "number" ? literal + 1 : typeof literal === "bigint" ? literal + 1n : literal,
        ];
      });
      const column = col(path);
      const [first, second] = literals;
      if (first === undefined || how === 8) return column.isNull();
      if (how === 9) return col(places[0]! % 2 === 0 ? "f" : "g").isNaN();
      if (how === 6) return column.isIn(literals);
      if (how === 7) return column.between(first, second ?? first);
      return column[(["eq", "ne", "lt", "le", "gt", "ge"] as const)[how]!](first);
    });
  return arbitraryPredicate(comparison);
}

function expectedIds(table: Table, predicate: Predicate): number[] {
  return table.batches.flatMap((rows, batch) => {
    const mask = predicate.mask((path) => table.columns.get(path)![batch]!, rows);
    const ids = table.columns.get("id")![batch]!.values as Int32Array;
    return [...ids.subarray(0, rows)].filter((_, row) => mask[row] === 1);
  });
}

/** Compares for some predicates and random ones, and tells what was skipped, and by what. */
async function compare(
  dataset: Dataset,
  paths: readonly string[],
  sure: readonly Predicate[] = [],
): Promise<Record<string, number>> {
  const table = await wholeTable(dataset, paths);
  const skipped: Record<string, number> = { pages: 0, partition: 0 };
  await fc.assert(
    fc.asyncProperty(arbitraryOver(table), async (predicate) => {
      // The same predicate, bound to the types of the dataset as a scan binds it.
      dataset.check(predicate);
      const expected = expectedIds(table, predicate);
      const counted = await countedRows(dataset, { predicate });
      expect(counted.rows, predicate.toString()).toBe(expected.length);
      const scan = scanBatches(dataset, { predicate, columns: ["id"] });
      const found: number[] = [];
      for await (const batch of scan)
        found.push(...(batch.data.children[0]!.values as Int32Array).subarray(0, batch.numRows));
      expect(found, predicate.toString()).toEqual(expected);
      const { filesSkippedBy, rowGroupsSkippedBy, pages } = scan.effectiveness;
      skipped["pages"]! += pages.skipped;
      skipped["partition"]! += filesSkippedBy.partition;
      for (const [reason, count] of Object.entries({
        ...rowGroupsSkippedBy,
        certain: counted.effectiveness.rowGroupsSkippedBy.certain,
      }))
        skipped[reason] = (skipped[reason] ?? 0) + count;
    }),
    { numRuns: RUNS, examples: sure.map((predicate) => [predicate]) },
  );
  return skipped;
}

describe("a pruned scan is a full one without what does not match", () => {
  it("of DuckDB's partitioned files", async () => {
    await duck.run(
      `copy (${ROWS}) to '$DIR/parts' (format parquet, partition_by (p, q), row_group_size 2048)`,
    );
    const dataset = await openDataset(duck.path("parts"));
    const skipped = await compare(dataset, [...LEAVES, "p", "q"]);
    // Else nothing would be proven.
    for (const reason of ["partition", "statistics", "certain"])
      expect(skipped[reason], reason).toBeGreaterThan(0);
  });

  it("of files with few different values, which have bloom filters", async () => {
    await duck.run(`copy (select i::integer as id, (i * 7919 % 300)::integer * 2 as mixed, 'w' || (i * 31 % 300) * 2 as s, (i % 50)::float as g, (i % 9)::double as f
      from range(12000) t(i)) to '$DIR/blooms.parquet' (row_group_size 2048)`);
    const skipped = await compare(
      await openDataset(duck.path("blooms.parquet")),
      ["id", "mixed", "s", "g", "f"],
      // An odd number among even ones.
      [col("mixed").eq(301)],
    );
    expect(skipped["bloom_filter"]).toBeGreaterThan(0);
  });

  it.skipIf(python === undefined)("of pyarrow's files, which have page indexes", async () => {
    await duck.run(`copy (${ROWS}) to '$DIR/rows.parquet'`);
    execFileSync(python!, [
      "-c",
      `
import sys, pyarrow.parquet as pq
table = pq.read_table(sys.argv[1])
pq.write_table(table, sys.argv[2], row_group_size=3000, data_page_size=512, write_page_index=True, write_batch_size=64, use_dictionary=["s", "mixed"])`,
      duck.path("rows.parquet"),
      duck.path("pages.parquet"),
    ]);
    const skipped = await compare(await openDataset(duck.path("pages.parquet")), LEAVES);
    for (const reason of ["statistics", "pages", "certain"])
      expect(skipped[reason], reason).toBeGreaterThan(0);
  });
});
