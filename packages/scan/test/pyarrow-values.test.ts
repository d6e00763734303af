// Every value of every file that pyarrow reads, row by row: statistics that agree prove nothing of what is decoded.
import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { DataType, Field, Precision, Schema, TimestampMicrosecond, type Data } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { openDataset, scalarText, scanBatches, type Dataset } from "../src/index.ts";
import { scalarAt } from "../src/predicate/scalar-at.ts";

const python = process.env["PITOT_PYTHON"];
const data = process.env["PITOT_CONFORMANCE_DATA"];
const isHere = python !== undefined && data !== undefined;
if (!isHere)
  console.warn("values are not compared with pyarrow's: set PITOT_PYTHON and PITOT_CONFORMANCE_DATA");
const folder = join(data ?? "", "parquet");

/** Prints rows as canonical values: numbers as text, times as their number, bytes in hex. */
const SCRIPT = `
import sys, json, math, struct, pyarrow as pa, pyarrow.parquet as pq
def text(v):
  t = v.type
  if not v.is_valid: return None
  if pa.types.is_dictionary(t): return text(v.value)
  if pa.types.is_struct(t): return {f.name: text(v[i]) for i, f in enumerate(t)}
  if pa.types.is_map(t): return [[text(e[0]), text(e[1])] for e in v.values]
  if pa.types.is_list(t) or pa.types.is_large_list(t) or pa.types.is_fixed_size_list(t): return [text(e) for e in v]
  if isinstance(v, pa.ExtensionScalar): return text(v.value)
  if pa.types.is_boolean(t): return v.as_py()
  if pa.types.is_temporal(t): return str(v.value)
  if pa.types.is_decimal(t): return format(v.as_py(), "f")
  if pa.types.is_float16(t): return "nan" if math.isnan(v.as_py()) else struct.pack("<e", v.as_py()).hex()
  if pa.types.is_float32(t): return "nan" if math.isnan(v.as_py()) else struct.pack("<f", v.as_py()).hex()
  if pa.types.is_float64(t): return repr(v.as_py())
  if pa.types.is_binary(t) or pa.types.is_large_binary(t) or pa.types.is_fixed_size_binary(t): return v.as_py().hex()
  if pa.types.is_string(t) or pa.types.is_large_string(t): return v.as_buffer().to_pybytes().decode("utf8", "replace")
  return str(v.as_py())
out = {}
for path in sys.argv[1:]:
  try:
    table = pq.read_table(path, partitioning=None)
    out[path] = {"columns": {name: [text(v) for v in table.column(i)] for i, name in enumerate(table.column_names)}}
  except Exception as error:
    out[path] = {"error": str(error)[:300]}
json.dump(out, sys.stdout)
`;

type Plain = string | boolean | null | readonly Plain[] | { readonly [name: string]: Plain };
type Answer = { readonly columns: Readonly<Record<string, readonly Plain[]>> } | { readonly error: string };

function plain(data: Data, row: number): Plain {
  const { type } = data;
  if (!data.getValid(row)) return null;
  const offsets = data.valueOffsets as unknown as Int32Array | BigInt64Array | undefined;
  const items = (from: number, to: number): Plain[] =>
    Array.from({ length: to - from }, (_, i) => plain(data.children[0]!, from + i));
  if (DataType.isStruct(type))
    return Object.fromEntries(type.children.map(({ name }, i) => [name, plain(data.children[i]!, row)]));
  if (DataType.isMap(type))
    return items(Number(offsets![row]), Number(offsets![row + 1])).map((entry) => Object.values(entry!));
  if (DataType.isList(type) || DataType.isLargeList(type))
    return items(Number(offsets![row]), Number(offsets![row + 1]));
  if (DataType.isFixedSizeList(type)) return items(row * type.listSize, (row + 1) * type.listSize);
  const value = scalarAt(data, row);
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isNaN(value)) return "nan";
  if (DataType.isFloat(type) && type.precision === Precision.SINGLE)
    return Buffer.from(Float32Array.of(value as number).buffer).toString("hex");
  return scalarText(value, type);
}

/** What pyarrow and this package answer differently on purpose. */
const DELIBERATE: Readonly<Record<string, { readonly pyarrow?: RegExp; readonly here?: RegExp }>> = {
  // Hive marks the keys of maps as optional; none of them is null, so they are read.
  "incorrect_map_schema.parquet": { pyarrow: /Map keys must be annotated as required/ },
  // The year 9999 in nanoseconds is more than 64 bits hold: pyarrow gives the year 1816 without a word.
  "int96_from_spark.parquet": { here: /has a timestamp that timestamp\[ns\] cannot hold/ },
};

describe.skipIf(!isHere)("values as pyarrow reads them", () => {
  // 2 GiB of text; it is refused for its size.
  const files = isHere
    ? readdirSync(folder).filter((name) => name.endsWith(".parquet") && !name.startsWith("large_string_map"))
    : [];
  let answers: Promise<Readonly<Record<string, Answer>>> | undefined;
  const answerFor = async (file: string): Promise<Answer> => {
    answers ??= promisify(execFile)(python!, ["-c", SCRIPT, ...files], {
      cwd: folder,
      maxBuffer: 2 ** 28,
    }).then(({ stdout }) => JSON.parse(stdout) as Record<string, Answer>);
    return (await answers)[file]!;
  };

  it.each(files)("%s", async (file) => {
    const answer = await answerFor(file);
    const dataset = await openDataset(join(folder, file));
    const { pyarrow, here } = DELIBERATE[file] ?? {};
    if (here !== undefined) return await expect(columnsOf(dataset)).rejects.toThrow(here);
    const columns = await columnsOf(dataset);
    if (pyarrow === undefined) expect({ columns }).toEqual(answer);
    else expect(answer).toEqual({ error: expect.stringMatching(pyarrow) as string });
  });

  it("timestamps of INT96 in microseconds, as its error advises", async () => {
    const schema = new Schema([new Field("a", new TimestampMicrosecond(), true)]);
    const { a } = await columnsOf(await openDataset(join(folder, "int96_from_spark.parquet"), { schema }));
    // The last one is the largest that Spark has, and more than microseconds hold in pyarrow too.
    expect(a?.slice(0, 5)).toEqual([
      "1704141296123456",
      "1704070800000000",
      "253402225200000000",
      "1735599600000000",
      null,
    ]);
  });
});

async function columnsOf(dataset: Dataset): Promise<Record<string, Plain[]>> {
  const columns: Record<string, Plain[]> = Object.fromEntries(
    dataset.schema.fields.map(({ name }) => [name, []]),
  );
  for await (const batch of scanBatches(dataset))
    batch.schema.fields.forEach(({ name }, i) => {
      for (let row = 0; row < batch.numRows; row++) columns[name]!.push(plain(batch.data.children[i]!, row));
    });
  return columns;
}
