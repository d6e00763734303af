// Every comparison with values at and next to the ends of every type, over row groups and pages that end there: as many rows as pyarrow's kernels, which prune nothing, find.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { countedRows, openDataset, parsePredicate, scanBatches } from "../src/index.ts";

const python = process.env["PITOT_PYTHON"];
if (python === undefined) console.warn("predicates are not compared with pyarrow's: PITOT_PYTHON is not set");

const folder = mkdtempSync(join(tmpdir(), "pitot-pyarrow-predicates-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// Nine values of each type; what is counted is told by the text that a user would write.
const WRITE = `
import datetime as dt, decimal, json, sys
import pyarrow as pa, pyarrow.compute as pc, pyarrow.parquet as pq

columns = {}
def add(name, type, values, text):
    columns[name] = (type, values, [(text(v), v) for v in values if v is not None and v == v])
quoted = lambda v: f"'{v}'"
for bits in (8, 16, 32, 64):
    top = 2 ** (bits - 1)
    add(f"i{bits}", getattr(pa, f"int{bits}")(), [-top, 1 - top, 0, 1, top - 2, top - 1, None, 7, -7], str)
    add(f"u{bits}", getattr(pa, f"uint{bits}")(), [0, 1, top - 1, top, top + 1, 2 * top - 2, 2 * top - 1, None, 7], str)
for digits, scale in ((4, 1), (9, 2), (18, 4), (30, 5), (38, 10)):
    top = 10 ** digits - 1
    decimals = [v if v is None else decimal.Decimal(v).scaleb(-scale, decimal.Context(prec=60)) for v in (-top, 1 - top, 0, 1, top - 1, top, None, 7, -7)]
    add(f"d{digits}", pa.decimal128(digits, scale), decimals, lambda v: quoted(format(v, "f")))
add("day", pa.date32(), [dt.date(*d) if d else None for d in ((1, 1, 1), (1582, 10, 4), (1899, 1, 1), (1969, 12, 31), (1970, 1, 1), None, (2024, 2, 29), (2024, 3, 1), (9999, 12, 31))], quoted)
def times(first, last):
    return [first, dt.datetime(1900, 1, 1), dt.datetime(1969, 12, 31, 23, 59, 59), dt.datetime(1970, 1, 1), None, dt.datetime(2024, 2, 29, 12, 34, 56), dt.datetime(2024, 2, 29, 12, 34, 57), dt.datetime(2199, 1, 1), last]
for unit in ("s", "ms", "us", "ns"):
    ends = (dt.datetime(1677, 9, 22), dt.datetime(2262, 4, 11)) if unit == "ns" else (dt.datetime(1, 1, 1), dt.datetime(9999, 12, 31, 23, 59, 59))
    add(f"t_{unit}", pa.timestamp(unit), times(*ends), lambda v: quoted(v.isoformat()))
    add(f"z_{unit}", pa.timestamp(unit, "UTC"), [v and v.replace(tzinfo=dt.timezone.utc) for v in times(*ends)], lambda v: quoted(v.isoformat()))
# 0.1 is another number in each width, and literals are doubles.
floats = [float("-inf"), -1.5, -0.0, 0.0, float("nan"), None, 0.1, 65504.0, float("inf")]
for name, type in (("f16", pa.float16()), ("f32", pa.float32()), ("f64", pa.float64())):
    columns[name] = (type, floats, [(str(v), v) for v in (-1.5, 0.0, 0.1, 65503.9, 65504.0, 65504.1, 1e6, 1e300)])
add("flag", pa.bool_(), [True, True, True, False, False, False, None, True, False], lambda v: str(v).lower())
texts = ["", "a", "a" * 100, "é", "\\U0001F600", "\\uFFFD", None, "\\U0010FFFF" * 30, "zz"]
for name, type in (("text", pa.string()), ("large", pa.large_string()), ("coded", pa.dictionary(pa.int32(), pa.string()))):
    columns[name] = (type, texts, [(quoted(v), v) for v in [*texts, "a" * 99, "a" * 101] if v is not None])

order = [4, 7, 1, 8, 0, 5, 2, 6, 3]
def array(type, values):
    return pa.array(values, pa.string()).dictionary_encode() if pa.types.is_dictionary(type) else pa.array(values, type)
nine = pa.table({name: array(type, values) for name, (type, values, _) in columns.items()})
# Three of each value, and one that is out of place.
rows = pa.concat_tables([nine.take([i] * 3 + [order[i]]) for i in range(9)]).combine_chunks()
# So many of each that a page index is small against its pages.
REPEATED = 100
many = rows.take([i for i in range(36) for _ in range(REPEATED)])
pages = dict(row_group_size=36 * REPEATED, compression="none", write_page_index=True, data_page_size=1, write_batch_size=4 * REPEATED)
files = {
    "groups": (rows, dict(row_group_size=4)),
    "groups-across": (rows, dict(row_group_size=5, store_schema=False, store_decimal_as_integer=True)),
    "pages": (many, pages),
    "pages-v2": (many, dict(**pages, data_page_version="2.0", use_dictionary=False)),
    "int96": (rows.select(["i8", "t_ns"]), dict(row_group_size=4, use_deprecated_int96_timestamps=True)),
}
operators = {"=": pc.equal, "!=": pc.not_equal, "<": pc.less, "<=": pc.less_equal, ">": pc.greater, ">=": pc.greater_equal}
cases = []
for name, (type, _, literals) in columns.items():
    known = pa.string() if pa.types.is_dictionary(type) else pa.float64() if pa.types.is_floating(type) else type
    values = rows.column(name).cast(known)
    for text, value in literals:
        for operator, compare in operators.items():
            found = compare(values, pa.scalar(value, known))
            cases.append((name, f"{name} {operator} {text}", pc.sum(found).as_py()))
            cases.append((name, f"not {name} {operator} {text}", pc.sum(pc.invert(found)).as_py()))
    cases.append((name, f"{name} is null", values.null_count))
for file, (table, options) in files.items():
    pq.write_table(table, f"{sys.argv[1]}/{file}.parquet", **options)
told = {file: [(predicate, count * len(table) // 36) for name, predicate, count in cases if name in table.column_names] for file, (table, _) in files.items()}
json.dump(told, open(f"{sys.argv[1]}/cases.json", "w"))
`;

it.skipIf(python === undefined)("counts and reads the rows that pyarrow finds", async () => {
  execFileSync(python!, ["-c", WRITE, folder]);
  const told = JSON.parse(readFileSync(join(folder, "cases.json"), "utf8")) as Record<
    string,
    [predicate: string, count: number][]
  >;
  const skipped = { rowGroups: 0, certain: 0, pages: 0 };
  for (const [file, cases] of Object.entries(told)) {
    const dataset = await openDataset(join(folder, `${file}.parquet`));
    for (const [text, count] of cases) {
      const predicate = parsePredicate(text);
      const { rows, effectiveness } = await countedRows(dataset, { predicate });
      let read = 0;
      const scan = scanBatches(dataset, { predicate, columns: ["i8"] });
      for await (const batch of scan) read += batch.numRows;
      expect([rows, read], `${file}: ${text}`).toEqual([count, count]);
      skipped.rowGroups += effectiveness.rowGroupsSkippedBy.statistics;
      skipped.certain += effectiveness.rowGroupsSkippedBy.certain;
      skipped.pages += scan.effectiveness.pages.skipped;
    }
  }
  // Else nothing would be proven of pruning.
  for (const [what, count] of Object.entries(skipped)) expect(count, what).toBeGreaterThan(1000);
});
