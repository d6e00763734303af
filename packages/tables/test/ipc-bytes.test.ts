import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { PitotError } from "@pitot/core";
import { CompressionType, compressionRegistry, tableFromArrays, tableToIPC } from "apache-arrow";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { columnProfileTable, columnStatsTable, qualityFromIds } from "../src/index.ts";

const SPEC = { idCol: "id", entityKind: "NODE", issue: "INVALID_ID" };
const rows = (bytes: Uint8Array): unknown[] =>
  columnProfileTable({ bytes })
    .toArray()
    .map((row) => JSON.stringify(row, text));
const text = (_: string, value: unknown): unknown => (typeof value === "bigint" ? String(value) : value);
const compressed = (codec: string): Uint8Array =>
  readFileSync(new URL(`compressed/${codec}.arrows`, import.meta.url));

/** 81 rows that pyarrow wrote: an `id` that is 0 in 40 of them and null in one, and a `name`. */
describe.each(["lz4", "zstd"])("a body compressed by %s", (codec) => {
  it("is read, and leaves the codecs of the application alone", () => {
    const before = compressionRegistry.get(CompressionType.ZSTD);
    const bytes = compressed(codec);
    expect(qualityFromIds(bytes, SPEC).numRows).toBe(41);
    expect(rows(bytes)[1]).toContain('"min":"abcabcabcabc","max":"abcabcabcabc","distinct_estimate":"1"');
    expect(compressionRegistry.get(CompressionType.ZSTD)).toBe(before);
    expect(compressionRegistry.get(CompressionType.LZ4_FRAME)).toBe(null);
  });

  it.skipIf(process.env["PITOT_PYTHON"] === undefined)("is what pyarrow wrote without", () => {
    const script = `
import sys, pyarrow as pa
n = 100_000
t = pa.table({"id": pa.array([None if i % 7 == 0 else i % 5 for i in range(n)]), "name": ["name%d" % (i % 11) * (i % 4) for i in range(n)],
  "term": pa.array(["x", "y", "x", "z"] * (n // 4)).dictionary_encode(), "view": pa.array(["text of a view %d" % i for i in range(n)], pa.string_view())})
options = pa.ipc.IpcWriteOptions(compression=None if sys.argv[2] == "none" else sys.argv[2])
make = pa.ipc.new_file if sys.argv[1] == "file" else pa.ipc.new_stream
with make(sys.stdout.buffer, t.schema, options=options) as out: out.write_table(t, max_chunksize=60_000)`;
    const written = (format: string, by: string): Uint8Array =>
      execFileSync(process.env["PITOT_PYTHON"]!, ["-c", script, format, by], { maxBuffer: 2 ** 28 });
    for (const format of ["file", "stream"])
      expect(rows(written(format, codec))).toEqual(rows(written(format, "none")));
  });
});

const samples: readonly (readonly [string, Uint8Array])[] = [
  ...["stream", "file"].map((format) => {
    const table = tableFromArrays({ id: Int32Array.of(1, 0, 3), name: ["a", "b", "a"] });
    return [format, tableToIPC(table, format as "file")] as const;
  }),
  ["lz4", compressed("lz4")],
  ["zstd", compressed("zstd")],
];

/** Everything that looks at buffers; what is refused is refused by an error of ours. */
function use(bytes: Uint8Array): void {
  for (const call of [
    () => columnStatsTable({ bytes }),
    () => rows(bytes),
    () => qualityFromIds(bytes, SPEC),
  ])
    try {
      call();
    } catch (error) {
      if (!(error instanceof PitotError)) throw error;
      expect(["INVALID_DATA", "INVALID_ARGUMENT", "UNSUPPORTED"]).toContain(error.code);
    }
}

it.each([8, 100])("%i zeros are no table", (length) => {
  expect(() => columnStatsTable({ bytes: new Uint8Array(length) })).toThrow("not whole Arrow IPC bytes");
});

describe.each(samples)("bytes of a %s that lie", (_, whole) => {
  it.each([2 ** 31 - 1, -1])("by the number %i anywhere are read or refused, soon", (number) => {
    for (let at = 0; at + 4 <= whole.length; at += 4) {
      const bytes = Uint8Array.from(whole);
      new DataView(bytes.buffer).setInt32(at, number, true);
      use(bytes);
    }
  });

  it("by any bytes anywhere are read or refused (property)", () => {
    const fault = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(fault, { minLength: 1, maxLength: 4 }), (faults) => {
        const bytes = Uint8Array.from(whole);
        for (const [at, value] of faults) bytes[at] = value;
        use(bytes);
      }),
      { numRuns: 300 },
    );
  });

  it("cut off anywhere are refused, or end between messages", () => {
    for (let length = 0; length < whole.length; length++) use(whole.slice(0, length));
  });
});
