import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RecordColumn } from "@pitot/core";
import * as flechette from "@uwdata/flechette";
import * as arrow from "apache-arrow";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compactTable } from "../src/compact-table.ts";
import { BatchEncoder } from "../src/encode-batch.ts";
import type { ColumnSchema, ColumnType } from "../src/index.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pitot-encode-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Values of each type as they are given, and as JSON can hold what a reader sees. */
const TEXT = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: "binary" }),
  fc.constantFrom("", "\ud800", "\udc00", "a"),
);
const INT64 = fc.oneof(
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
  fc.maxSafeInteger(),
  fc.constantFrom(-1, 0, 2 ** 53, -(2 ** 63)),
);
const VALUES: Readonly<Record<ColumnType, fc.Arbitrary<unknown>>> = {
  utf8: TEXT,
  "dictionary<utf8>": fc.oneof(fc.constantFrom("x", "yy", "é"), TEXT),
  int32: fc.integer(),
  int64: INT64,
  float64: fc.double(),
  bool: fc.boolean(),
  binary: fc.uint8Array(),
  "list<utf8>": fc.array(fc.option(TEXT), { maxLength: 4 }),
  "timestamp[ns, UTC]": INT64,
};
const TYPES = Object.keys(VALUES) as ColumnType[];

interface Sample {
  readonly columns: readonly ColumnSchema[];
  readonly batches: readonly (readonly unknown[])[][];
}

/** Random columns, and batches of columns of values. */
const SAMPLE: fc.Arbitrary<Sample> = fc
  .array(fc.record({ type: fc.constantFrom(...TYPES), nullable: fc.boolean() }), {
    minLength: 1,
    maxLength: 6,
  })
  .chain((shapes) => {
    const columns = shapes.map(({ type, nullable }, i) => ({ name: `c${i} ✓`, type, nullable }));
    const batch = fc.integer({ min: 0, max: 20 }).chain((rows) =>
      fc.tuple(
        ...columns.map(({ type, nullable }) =>
          fc.array(nullable ? fc.option(VALUES[type]) : VALUES[type], {
            minLength: rows,
            maxLength: rows,
          }),
        ),
      ),
    );
    return fc.record({ columns: fc.constant(columns), batches: fc.array(batch, { maxLength: 4 }) });
  });

/** The stream, its length after each batch, and the rows expected by column. */
function encode({ columns, batches }: Sample): { bytes: Buffer; ends: number[]; expected: unknown[][] } {
  const encoder = new BatchEncoder({ columns, metadata: { key: "välue" } });
  const parts: Buffer[] = [];
  const ends: number[] = [];
  for (const batch of batches) {
    const given = Object.fromEntries(columns.map(({ name }, i) => [name, batch.at(i)!]));
    parts.push(Buffer.from(encoder.encode(batch.at(0)!.length, given)));
    encoder.commit();
    ends.push(parts.reduce((sum, part) => sum + part.length, 0));
  }
  const expected = columns.map((_, i) => batches.flatMap((batch) => batch.at(i)!.map(plain)));
  return { bytes: Buffer.concat(parts), ends, expected };
}

/** What any reader's value is in JSON's terms. */
function plain(value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return String(Number.isInteger(value) ? BigInt(value) : value);
  if (typeof value === "string") return Buffer.from(value).toString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (typeof value === "object" && Symbol.iterator in value)
    return [...(value as Iterable<unknown>)].map(plain);
  return value;
}

function readByArrow(bytes: Uint8Array, columns: readonly ColumnSchema[]): unknown[][] {
  const table = arrow.tableFromIPC(bytes);
  return columns.map((_, i) => {
    const vector = table.getChildAt(i);
    // Timestamps in the raw: `get` makes milliseconds of them.
    if (arrow.DataType.isTimestamp(vector?.type))
      return vector.data.flatMap((data) =>
        Array.from({ length: data.length }, (_row, k) => (data.getValid(k) ? plain(data.values[k]) : null)),
      );
    return Array.from({ length: table.numRows }, (_row, k) => plain(vector!.get(k)));
  });
}

function readByFlechette(bytes: Uint8Array, columns: readonly ColumnSchema[]): unknown[][] {
  const table = flechette.tableFromIPC(new Uint8Array(bytes), { useBigInt: true, useDecimalInt: true });
  return columns.map(({ type }, i) => {
    const column = table.getChildAt(i);
    return Array.from({ length: table.numRows }, (_row, k) => {
      // A timestamp becomes a number of milliseconds: the property is checked by the others.
      const value = column.at(k) as unknown;
      return type.startsWith("timestamp") && value !== null ? "time" : plain(value);
    });
  });
}

function timesAside(columns: readonly ColumnSchema[], rows: unknown[][]): unknown[][] {
  return rows.map((column, i) =>
    columns.at(i)!.type.startsWith("timestamp")
      ? column.map((value) => (value === null ? null : "time"))
      : column,
  );
}

/** Without the byte order mark that begins a text: it is in the bytes, and both JavaScript readers drop it. */
function marksAside(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(marksAside);
  return typeof value === "string" ? value.replace(/^\uFEFF+/, "") : value;
}

async function compacted(bytes: Uint8Array, name: string): Promise<string> {
  const path = join(folder, `${name}.arrows`);
  writeFileSync(path, bytes);
  return (await compactTable(path)).path;
}

describe("random columns", () => {
  it("are read alike by apache-arrow and flechette, as stream and as file", async () => {
    const { readFileSync } = await import("node:fs");
    await fc.assert(
      fc.asyncProperty(
        SAMPLE.filter(({ batches }) => batches.length > 0),
        async (sample) => {
          const { bytes, expected } = encode(sample);
          const file = readFileSync(await compacted(bytes, "random"));
          for (const form of [bytes, file]) {
            expect(marksAside(readByArrow(form, sample.columns))).toEqual(marksAside(expected));
            expect(marksAside(readByFlechette(form, sample.columns))).toEqual(
              marksAside(timesAside(sample.columns, expected)),
            );
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it("are read up to any whole batch", () => {
    fc.assert(
      fc.property(
        SAMPLE.filter(({ batches }) => batches.length > 1),
        (sample) => {
          const { bytes, ends } = encode(sample);
          ends.forEach((end, count) => {
            const { expected } = encode({ ...sample, batches: sample.batches.slice(0, count + 1) });
            expect(marksAside(readByArrow(bytes.subarray(0, end), sample.columns))).toEqual(
              marksAside(expected),
            );
          });
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe.skipIf(process.env["PITOT_PYTHON"] === undefined)("pyarrow", () => {
  const script = `
import json, sys, pyarrow as pa
try:
    import polars
except ImportError:
    polars = None
def plain(v):
    if v is None: return None
    if isinstance(v, bool): return v
    if isinstance(v, bytes): return v.hex()
    if isinstance(v, list): return [plain(x) for x in v]
    if isinstance(v, float): return v.hex()
    return v if isinstance(v, str) else str(v)
result = []
for line in sys.stdin:
    stream, file = json.loads(line)
    seen = []
    for table in (pa.ipc.open_stream(stream).read_all(), pa.ipc.open_file(file).read_all()):
        table.validate(full=True)
        assert table.schema.metadata == {b"key": "välue".encode()}, table.schema.metadata
        columns = []
        for column in table.columns:
            if pa.types.is_timestamp(column.type):
                assert str(column.type) == "timestamp[ns, tz=UTC]"
                column = column.cast(pa.int64())
            columns.append([plain(v) for v in column.to_pylist()])
        seen.append(columns)
    assert seen[0] == seen[1]
    if polars is not None:
        # Polars' own reader, which takes files; of timestamps it makes datetimes, which are checked above.
        frame = polars.read_ipc(file)
        assert frame.shape == (table.num_rows, table.num_columns)
        for i, column in enumerate(frame.get_columns()):
            if not column.dtype.is_temporal():
                assert [plain(v) for v in column.to_list()] == seen[1][i], (frame.schema, i)
    result.append({"types": [str(f.type) for f in table.schema], "nullable": [f.nullable for f in table.schema], "rows": seen[0]})
json.dump(result, sys.stdout)
`;
  const TYPE_NAMES: Readonly<Record<ColumnType, string>> = {
    utf8: "string",
    "dictionary<utf8>": "dictionary<values=string, indices=int32, ordered=0>",
    int32: "int32",
    int64: "int64",
    float64: "double",
    bool: "bool",
    binary: "binary",
    "list<utf8>": "list<item: string>",
    "timestamp[ns, UTC]": "timestamp[ns, tz=UTC]",
  };

  it("reads random columns, as stream and as file, with types and nullability; and Polars the files", async () => {
    const samples = fc.sample(
      SAMPLE.filter(({ batches }) => batches.length > 0),
      200,
    );
    const lines: string[] = [];
    for (const [i, sample] of samples.entries()) {
      const { bytes } = encode(sample);
      const file = await compacted(bytes, `python-${i}`);
      writeFileSync(`${file}s`, bytes);
      lines.push(JSON.stringify([`${file}s`, file]));
    }
    const output = execFileSync(process.env["PITOT_PYTHON"]!, ["-c", script], {
      input: lines.join("\n"),
      encoding: "utf8",
      maxBuffer: 1 << 28,
    });
    const seen = JSON.parse(output) as { types: string[]; nullable: boolean[]; rows: unknown[][] }[];
    expect(seen).toHaveLength(samples.length);
    samples.forEach((sample, i) => {
      const { columns } = sample;
      expect(seen.at(i)!.types).toEqual(columns.map(({ type }) => TYPE_NAMES[type]));
      expect(seen.at(i)!.nullable).toEqual(columns.map(({ nullable }) => nullable));
      // Floats are compared by the readers above; Python prints them another way.
      const floatsAside = (rows: unknown[][]): unknown[][] =>
        rows.map((column, k) =>
          columns.at(k)!.type === "float64" ? column.map((value) => value === null) : column,
        );
      expect(floatsAside(seen.at(i)!.rows)).toEqual(floatsAside(encode(sample).expected));
    });
  });
});
if (process.env["PITOT_PYTHON"] === undefined)
  console.warn("PITOT_PYTHON names no Python with pyarrow: what it reads is not checked");

describe("the forms of a column", () => {
  const columns: readonly ColumnSchema[] = [
    { name: "text", type: "utf8", nullable: true },
    { name: "term", type: "dictionary<utf8>", nullable: true },
    { name: "int", type: "int64", nullable: true },
    { name: "float", type: "float64", nullable: true },
  ];
  const read = (given: Readonly<Record<string, RecordColumn>>, length: number): unknown[][] =>
    readByArrow(new BatchEncoder({ columns, metadata: {} }).encode(length, given), columns);

  it("are dictionaries, joined texts, typed arrays, vectors, or nothing", () => {
    const validity = Uint8Array.of(0b101);
    expect(
      read(
        {
          text: { length: 3, text: "aéb", ends: Int32Array.of(1, 1, 3), nullCount: 1, validity },
          term: { codes: Int32Array.of(1, -1, 1, 0), values: ["unused", "é"] },
          int: Float64Array.of(-1, 2 ** 40, 0),
        },
        3,
      ),
    ).toEqual([
      ["a", null, "éb"],
      ["é", null, "é"],
      ["-1", String(2 ** 40), "0"],
      [null, null, null],
    ]);
    const vector = arrow.vectorFromArray(["x", null, "y"], new arrow.Utf8());
    expect(read({ text: vector, term: vector, int: Int32Array.of(1, 2, 3) }, 3)).toEqual([
      ["x", null, "y"],
      ["x", null, "y"],
      ["1", "2", "3"],
      [null, null, null],
    ]);
    expect(read({ text: { codes: Int32Array.of(0, -1), values: ["a"] }, int: [1, 2n] }, 2)).toEqual([
      ["a", null],
      [null, null],
      ["1", "2"],
      [null, null],
    ]);
  });

  it("are slices of Arrow vectors, copied by their buffers", () => {
    const texts = ["é", null, "", "b", "ccc", null, "😀"];
    const chunk = arrow.vectorFromArray(texts, new arrow.Utf8());
    const vector = chunk.concat(chunk.slice(2, 6));
    const all = [...texts, ...texts.slice(2, 6)];
    for (const [from, to] of [
      [0, 11],
      [1, 9],
      [5, 8],
      [3, 3],
    ] as const)
      expect(read({ text: vector.slice(from, to) }, to - from)[0]).toEqual(all.slice(from, to));
  });

  it.each([
    ["int", 0.5],
    ["int", 2 ** 63],
    ["int", -(2n ** 63n) - 1n],
    ["int", Number.NaN],
    ["float", "1"],
  ])("%s refuses %s by name", (name, value) => {
    expect(() => read({ [name]: [value] }, 1)).toThrow(`Column ${name}`);
  });

  it("may be encoded while another is", () => {
    const inner = new BatchEncoder({ columns, metadata: {} });
    let seen: unknown;
    const value = {
      toJSON: () => {
        seen = readByArrow(inner.encode(1, { text: ["inside"] }), columns)[0];
        return "x";
      },
    };
    expect(read({ text: ["before", value, "after"] }, 3)[0]).toEqual(["before", '"x"', "after"]);
    expect(seen).toEqual(["inside"]);
  });

  it("refuses a column that the table does not have, rather than losing it", () => {
    expect(() => read({ text: ["a"], txt: ["b"] }, 1)).toThrow('The table has no such column: "txt"');
  });

  it("refuses a null where there is none, and goes on with the next batch", () => {
    const encoder = new BatchEncoder({
      columns: [
        { name: "term", type: "dictionary<utf8>", nullable: false },
        { name: "flag", type: "bool", nullable: false },
      ],
      metadata: {},
    });
    expect(() => encoder.encode(1, { term: ["lost"] })).toThrow(
      "Column flag (bool, not null) cannot hold a value: null",
    );
    const first = Buffer.from(encoder.encode(1, { term: ["kept"], flag: [true] }));
    encoder.commit();
    const second = Buffer.from(encoder.encode(1, { term: ["kept"], flag: [false] }));
    const table = arrow.tableFromIPC(Buffer.concat([first, second]));
    expect(table.toArray().map((row) => (row as { toJSON(): object }).toJSON())).toEqual([
      { term: "kept", flag: true },
      { term: "kept", flag: false },
    ]);
  });

  it("keeps memory bounded where terms do not repeat", () => {
    const encoder = new BatchEncoder({
      columns: [{ name: "term", type: "dictionary<utf8>", nullable: true }],
      metadata: {},
    });
    const parts: Buffer[] = [];
    for (let batch = 0; batch < 40; batch++) {
      const term = Array.from({ length: 4096 }, (_, i) => (i === 0 ? "again" : `${batch}-${i}`));
      parts.push(Buffer.from(encoder.encode(4096, { term })));
      encoder.commit();
    }
    const column = arrow.tableFromIPC(Buffer.concat(parts)).getChildAt(0)!;
    for (const row of [0, 1, 39 * 4096, 40 * 4096 - 1])
      expect(column.get(row)).toBe(row % 4096 === 0 ? "again" : `${Math.floor(row / 4096)}-${row % 4096}`);
  });
});

it("reads a text column whose offsets end beyond its values one by one, and nothing of what lies behind them", () => {
  const memory = Buffer.from("mine, and what is not mine");
  const column = {
    length: 1,
    data: [
      {
        length: 1,
        offset: 0,
        values: memory.subarray(0, 4),
        valueOffsets: Int32Array.of(0, 20),
        nullBitmap: null,
      },
    ],
    get: () => "mine",
  };
  const encoder = new BatchEncoder({ columns: [{ name: "t", type: "utf8", nullable: true }], metadata: {} });
  const bytes = Buffer.from(encoder.encode(1, { t: column as unknown as RecordColumn }));
  expect(bytes.includes("not mine")).toBe(false);
  expect([...arrow.tableFromIPC(bytes).getChild("t")!]).toEqual(["mine"]);
});
