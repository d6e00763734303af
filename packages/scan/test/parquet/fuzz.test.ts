import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PitotError } from "@pitot/core";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  arrowSchema,
  bytesSource,
  columnBounds,
  encodeFooter,
  leafColumns,
  readBloomFilter,
  readFooter,
  readPageIndex,
  scalarText,
  skimFooter,
} from "../../src/index.ts";
import { decodeMetadata } from "../../src/parquet/decode-metadata.ts";
import { type DuckdbFolder, duckdbFolder } from "./duckdb-file.ts";
import { random } from "../random.ts";

// `PITOT_FUZZ_CASES=100000` makes a soak of it; `PITOT_FUZZ_SEED` goes on elsewhere.
const CASES = Number(process.env["PITOT_FUZZ_CASES"] ?? 2000);
const SEED = Number(process.env["PITOT_FUZZ_SEED"] ?? 1);
const MS_PER_CASE = 1000;
const MEMORY = 256 * 1024 * 1024;

let duckdb: DuckdbFolder;
const samples: Uint8Array[] = [];

beforeAll(async () => {
  duckdb = await duckdbFolder();
  const path = await duckdb.write(
    "sample.parquet",
    `SELECT i, 'row ' || i % 50 AS s, [i, NULL] AS l, {'a': i / 3, 'b': MAP {'k': i}} AS st, i::DECIMAL(30,2) AS d,
      now() AS ts, 'x'::BLOB AS b FROM range(5000) t(i)`,
    ", ROW_GROUP_SIZE 2048, KV_METADATA {owner: 'x'}",
  );
  samples.push(new Uint8Array(readFileSync(path)));
  samples.push(
    new Uint8Array(
      parquetWriteBuffer({
        columnData: [
          { name: "n", data: Array.from({ length: 1000 }, (_, i) => i), type: "INT32", columnIndex: true },
        ],
        kvMetadata: [{ key: "ARROW:schema", value: "/////4AAAAAQAAAAAAAKAA4ABgAFAAgACgAAAAABBAA=" }],
      }),
    ),
  );
  const root = process.env["PITOT_CONFORMANCE_DATA"];
  const folder = join(root ?? "", "parquet");
  if (root !== undefined && existsSync(folder))
    for (const name of readdirSync(folder))
      if (name.endsWith(".parquet")) samples.push(endOf(new Uint8Array(readFileSync(join(folder, name)))));
});
afterAll(() => duckdb[Symbol.dispose]());

/** Of a large file its footer and a little more, so that a copy per case costs little. */
function endOf(file: Uint8Array): Uint8Array {
  const footer = new DataView(file.buffer).getUint32(file.length - 8, true);
  return file.slice(Math.max(0, Math.min(file.length - 100_000, file.length - 8 - footer)));
}

/** A file whose footer, and sometimes data, were broken in one of the ways that files break. */
function mutate(next: () => number): Uint8Array {
  const pick = (below: number): number => Math.floor(next() * below);
  const file = samples.at(pick(samples.length))!.slice();
  const view = new DataView(file.buffer);
  const footer = view.getUint32(file.length - 8, true);
  const start = file.length - 8 - footer;
  switch (pick(6)) {
    case 0:
      for (let i = pick(8); i >= 0; i--) {
        const at = start + pick(footer);
        view.setUint8(at, view.getUint8(at) ^ (1 << pick(8)));
      }
      return file;
    case 1:
      for (let i = pick(8); i >= 0; i--) file[start + pick(footer)] = pick(256);
      return file;
    case 2: {
      // Cut within the footer, with an end that fits.
      const kept = pick(footer);
      const cut = file.slice(0, start + kept + 8);
      new DataView(cut.buffer).setUint32(cut.length - 8, kept, true);
      cut.set([0x50, 0x41, 0x52, 0x31], cut.length - 4);
      return cut;
    }
    case 3: {
      // A part of another footer over this one.
      const other = samples.at(pick(samples.length))!;
      const length = pick(Math.min(200, footer, other.length));
      const from = other.length - length - pick(other.length - length);
      file.set(other.subarray(from, from + length), start + pick(footer - length));
      return file;
    }
    case 4: {
      // Numbers and lengths without end.
      const length = Math.min(pick(200), footer);
      file.fill(pick(2) === 0 ? 0xff : 0x80 | pick(128), start + pick(footer - length), file.length - 8);
      return file;
    }
    default:
      for (let i = pick(30); i >= 0; i--) file[pick(file.length)] = pick(256);
      return file;
  }
}

/** Everything that is read from a file short of its pages. */
async function readAll(bytes: Uint8Array): Promise<void> {
  const source = bytesSource(bytes);
  await skimFooter(source).catch(expectPitotError);
  const { metadata } = await readFooter(source);
  const leaves = leafColumns(metadata);
  // What was read is what is written, however odd.
  const again = decodeMetadata(encodeFooter(metadata));
  expect([again.numRows, again.rowGroups.length, again.schema.length]).toEqual([
    metadata.numRows,
    metadata.rowGroups.length,
    metadata.schema.length,
  ]);
  try {
    arrowSchema(metadata);
  } catch (error) {
    expectPitotError(error);
  }
  for (const leaf of leaves)
    for (let group = 0; group < metadata.rowGroups.length; group++) {
      const chunk = metadata.rowGroups.at(group)!.columns.at(leaf.index)!;
      try {
        const { min, max } = columnBounds(metadata, group, leaf);
        for (const bound of [min, max]) if (bound !== undefined) scalarText(bound, leaf.type);
        void [
          chunk.pathInSchema,
          chunk.encodings,
          chunk.encodingStats,
          chunk.sizeStatistics,
          chunk.keyValueMetadata,
        ];
      } catch (error) {
        expectPitotError(error);
      }
      await readPageIndex(source, metadata, group, leaf).catch(expectPitotError);
      await readBloomFilter(source, chunk, leaf).catch(expectPitotError);
    }
}

/** Time of this process, so that a busy machine fails no test. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function expectPitotError(error: unknown): void {
  if (!(error instanceof PitotError)) throw error;
}

describe("broken files", () => {
  it(
    `${CASES} of them are read or refused, each within a second, in bounded memory`,
    async () => {
      const next = random(SEED);
      const before = process.memoryUsage().rss;
      let refused = 0;
      let slowest = 0;
      let most = 0;
      for (let i = 0; i < CASES; i++) {
        const bytes = mutate(next);
        const started = cpuMs();
        try {
          await readAll(bytes);
        } catch (error) {
          expectPitotError(error);
          refused++;
        }
        slowest = Math.max(slowest, cpuMs() - started);
        if (i % 100 === 0) most = Math.max(most, process.memoryUsage().rss - before);
      }
      expect(slowest).toBeLessThan(MS_PER_CASE);
      expect(most).toBeLessThan(MEMORY);
      // Most cases must matter, or the mutations miss the footer.
      expect(refused / CASES).toBeGreaterThan(0.3);
    },
    CASES * 50 + 30_000,
  );

  it("by hand: each fails within milliseconds", async () => {
    const varint = (value: number): number[] =>
      value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];
    const file = (footer: number[]): Uint8Array => {
      const bytes = new Uint8Array(4 + footer.length + 8);
      bytes.set([0x50, 0x41, 0x52, 0x31]);
      bytes.set(footer, 4);
      new DataView(bytes.buffer).setUint32(4 + footer.length, footer.length, true);
      bytes.set([0x50, 0x41, 0x52, 0x31], bytes.length - 4);
      return bytes;
    };
    const version = [0x15, 2];
    const leaf = [0x15, 2, 0x38, 1, 0x61, 0]; // INT32 `a`
    const root = (children: number[]): number[] => [0x48, 1, 0x72, 0x15, ...children, 0];
    const zeros = Array.from({ length: 1_000_000 }, () => 0);
    const hostile: [name: string, footer: number[]][] = [
      [
        "a schema that says it has 2^31 children",
        [...version, 0x19, 0x2c, ...root(varint(2 ** 32 - 2)), ...leaf, 0x16, 0, 0x19, 0x0c, 0],
      ],
      ["a list of 2^40 elements", [...version, 0x19, 0xfc, ...varint(2 ** 40)]],
      ["nested lists", [...version, 0x59, ...Array.from({ length: 5000 }, () => 0x19)]],
      ["nested structs", [...version, 0x5c, ...Array.from({ length: 100_000 }, () => 0x1c)]],
      ["nested lists of lists, each of 14", Array.from({ length: 100_000 }, () => 0xe9)],
      ["a number of 500 KB", [0x15, ...Array.from({ length: 500_000 }, () => 0xff), 1]],
      ["a text of 2^50 bytes", [...version, 0x58, ...varint(2 ** 50)]],
      ["a million empty schema elements", [...version, 0x19, 0xfc, ...varint(1_000_000), ...zeros]],
      [
        "a million row groups without columns",
        [...version, 0x19, 0x1c, ...root([0]), 0x16, 0, 0x19, 0xfc, ...varint(1_000_000), ...zeros],
      ],
      [
        "a chain of a million groups",
        [
          ...version,
          0x19,
          0xfc,
          ...varint(200_000),
          ...Array.from({ length: 200_000 }, () => root([2])).flat(),
        ],
      ],
      ["a map of 2^40 entries", [...version, 0x5b, ...varint(2 ** 40), 0x11]],
      ["nothing", []],
      ["only its end", [0]],
    ];
    for (const [name, footer] of hostile) {
      const started = cpuMs();
      await expect(readFooter(bytesSource(file(footer))), name).rejects.toMatchObject({
        code: "INVALID_DATA",
      });
      await skimFooter(bytesSource(file(footer))).catch(expectPitotError);
      expect(cpuMs() - started, name).toBeLessThan(500);
    }
  });
});
