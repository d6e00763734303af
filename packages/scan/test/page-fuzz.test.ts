import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { PitotError } from "@pitot/core";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  asAsyncBuffer,
  bytesSource,
  col,
  countedRows,
  countRows,
  openDataset,
  readFooter,
  scanBatches,
} from "../src/index.ts";
import { duckFiles, type DuckFiles } from "./duckdb-files.ts";
import { random } from "./random.ts";

// `PITOT_FUZZ_CASES=100000` makes a soak of it; `PITOT_FUZZ_SEED` goes on elsewhere.
const CASES = Number(process.env["PITOT_FUZZ_CASES"] ?? 300);
const SEED = Number(process.env["PITOT_FUZZ_SEED"] ?? 1);
// Garbage of a soak's many cases is not what one of them takes.
const CASES_PER_COLLECTION = 20;
const MS_PER_CASE = 1000;
// Most of it is what rows of nested values leave to the garbage collector.
const MEMORY = 512 * 1024 * 1024;

interface Sample {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Where column chunks lie. */
  readonly chunks: readonly (readonly [start: number, end: number])[];
  readonly column: string | undefined;
}

const COLUMNS = `i, 'row ' || i % 50 AS s, 'text ' || hash(i) AS u, [i, NULL, 3] AS l, {'a': i / 3, 'b': MAP {'k': i}} AS st,
  i::DECIMAL(30,2) AS d, i % 3 = 0 AS flag, CASE WHEN i % 5 = 0 THEN NULL ELSE i END::INTEGER AS n, i::FLOAT AS f, NULL::INTEGER AS nothing`;

let duck: DuckFiles;
const samples: Sample[] = [];

async function add(name: string, bytes: Uint8Array): Promise<void> {
  const footer = await readFooter(bytesSource(bytes)).catch(() => undefined);
  if (footer === undefined) return;
  const chunks = footer.metadata.rowGroups.flatMap(({ columns }) =>
    columns.flatMap((chunk) =>
      chunk.encrypted || chunk.totalCompressedSize === 0
        ? []
        : [[chunk.startOffset, chunk.startOffset + chunk.totalCompressedSize] as const],
    ),
  );
  if (chunks.length === 0) return;
  // A few KB that stand for gigabytes are no case of a broken page.
  const unpacked = footer.metadata.rowGroups.reduce((sum, group) => sum + group.totalByteSize, 0);
  if (unpacked > 16 * 1024 * 1024) return;
  const first = footer.metadata.schema[1];
  samples.push({ name, bytes, chunks, column: first?.type === "INT64" ? first.name : undefined });
}

beforeAll(async () => {
  duck = await duckFiles();
  for (const codec of ["uncompressed", "snappy", "gzip", "zstd", "brotli", "lz4_raw"])
    for (const version of ["V1", "V2"]) {
      const name = `${codec}-${version}.parquet`;
      await duck.run(
        `COPY (SELECT ${COLUMNS} FROM range(5000) t(i)) TO '$DIR/${name}' (FORMAT parquet, ROW_GROUP_SIZE 2048, COMPRESSION ${codec}, PARQUET_VERSION ${version})`,
      );
      await add(name, new Uint8Array(readFileSync(duck.path(name))));
    }
  const numbers = Array.from({ length: 1000 }, (_, i) => i);
  await add(
    "hyparquet",
    new Uint8Array(
      parquetWriteBuffer({
        columnData: [
          { name: "n", data: numbers, type: "INT32", columnIndex: true },
          { name: "b", data: numbers.map(BigInt), type: "INT64", encoding: "DELTA_BINARY_PACKED" },
          { name: "t", data: numbers.map((i) => `text ${i}`), type: "STRING", encoding: "DELTA_BYTE_ARRAY" },
          {
            name: "u",
            data: numbers.map((i) => `text ${i}`),
            type: "STRING",
            encoding: "DELTA_LENGTH_BYTE_ARRAY",
          },
          { name: "x", data: numbers, type: "DOUBLE", encoding: "BYTE_STREAM_SPLIT" },
        ],
        pageSize: 1000,
        codec: "UNCOMPRESSED",
      }),
    ),
  );
  const root = process.env["PITOT_CONFORMANCE_DATA"];
  const folder = join(root ?? "", "parquet");
  if (root !== undefined && existsSync(folder))
    for (const name of readdirSync(folder))
      if (name.endsWith(".parquet")) {
        const bytes = new Uint8Array(readFileSync(join(folder, name)));
        if (bytes.length < 100_000) await add(name, bytes);
      }
});
afterAll(async () => await duck[Symbol.asyncDispose]());

/** A file with a column chunk that was broken in one of the ways that chunks break. */
function mutate(next: () => number): Sample {
  const pick = (below: number): number => Math.floor(next() * below);
  const sample = samples[pick(samples.length)]!;
  const bytes = sample.bytes.slice();
  const [start, end] = sample.chunks[pick(sample.chunks.length)]!;
  // Headers stand at the begin, and lengths of levels after them: half of the cases are there.
  const length = next() < 0.5 ? Math.min(60, end - start) : end - start;
  switch (pick(4)) {
    case 0:
      for (let i = pick(4); i >= 0; i--) bytes[start + pick(length)]! ^= 1 << pick(8);
      break;
    case 1:
      for (let i = pick(8); i >= 0; i--) bytes[start + pick(length)] = pick(256);
      break;
    case 2: {
      // A part of another file over this one.
      const other = samples[pick(samples.length)]!.bytes;
      const size = pick(Math.min(100, length, other.length));
      const from = pick(other.length - size);
      bytes.set(other.subarray(from, from + size), start + pick(length - size));
      break;
    }
    default: {
      const size = pick(Math.min(20, length));
      const at = start + pick(length - size);
      bytes.fill(next() < 0.5 ? 0xff : 0, at, at + size);
    }
  }
  return { ...sample, bytes };
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function readAll({ bytes, column, name }: Sample): Promise<void> {
  const dataset = await openDataset([asAsyncBuffer(bytesSource(bytes))], { name });
  if (column !== undefined) await countRows(dataset, { predicate: col(column).gt(17) });
  for await (const batch of scanBatches(dataset))
    for (const vector of batch.data.children) void vector.nullCount;
}

describe("broken pages", () => {
  it(
    `${CASES} files with them are read or refused, each within a second, in bounded memory, with file, row group and column`,
    async () => {
      setFlagsFromString("--expose-gc");
      const collect = runInNewContext("gc") as () => void;
      const next = random(SEED);
      const before = process.memoryUsage().rss;
      let refused = 0;
      let slowest = 0;
      let most = 0;
      for (let i = 0; i < CASES; i++) {
        const sample = mutate(next);
        const started = cpuMs();
        try {
          await readAll(sample);
        } catch (error) {
          refused++;
          if (!(error instanceof PitotError)) throw new Error(`${i}: ${sample.name}`, { cause: error });
          if (error.code !== "UNSUPPORTED") {
            expect(error.code, `${i}: ${sample.name}: ${error.message}`).toBe("INVALID_DATA");
            // A flipped bit may also leave a sound page with a time that its type cannot hold.
            expect(error.message, `${i}: ${sample.name}`).toMatch(
              /^(Row group \d+ of .* column: "|Column \S+ has a timestamp that )/,
            );
          }
        }
        const took = cpuMs() - started;
        if (took > slowest) {
          slowest = took;
          if (process.env["PITOT_FUZZ_CASES"] !== undefined) console.warn(`${i}: ${sample.name}: ${took} ms`);
        }
        if (i % CASES_PER_COLLECTION === 0) {
          const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
          if (rss - before > most + 2 ** 25 && process.env["PITOT_FUZZ_CASES"] !== undefined)
            console.warn(
              `${i}: ${sample.name}: ${(rss - before) >> 20} MiB, heap ${heapUsed >> 20}, buffers ${arrayBuffers >> 20}`,
            );
          most = Math.max(most, rss - before);
          collect();
        }
      }
      expect(slowest).toBeLessThan(MS_PER_CASE);
      expect(most).toBeLessThan(MEMORY);
      // Most cases must matter, or the mutations miss what is checked.
      expect(refused / CASES).toBeGreaterThan(0.3);
    },
    CASES * 100 + 30_000,
  );
});

describe("broken indexes", () => {
  it("lose no row, and are counted", async () => {
    const numbers = Array.from({ length: 4000 }, (_, i) => i);
    const bytes = new Uint8Array(
      parquetWriteBuffer({
        columnData: [{ name: "n", data: numbers, type: "INT32", columnIndex: true, offsetIndex: true }],
        pageSize: 1000,
        rowGroupSize: 4000,
        codec: "UNCOMPRESSED",
      }),
    );
    const count = async (file: Uint8Array): Promise<[rows: number, broken: number, read: number]> => {
      const dataset = await openDataset([asAsyncBuffer(bytesSource(file))], { name: "n" });
      const { rows, effectiveness } = await countedRows(dataset, { predicate: col("n").lt(10) });
      return [rows, effectiveness.brokenIndexes, effectiveness.rows.scanned];
    };
    const [, , narrowed] = await count(bytes);
    expect(narrowed).toBeLessThan(4000);
    const { metadata } = await readFooter(bytesSource(bytes));
    const { columnIndexOffset = 0 } = metadata.rowGroups[0]!.columns[0]!;
    expect(columnIndexOffset).toBeGreaterThan(0);
    const broken = bytes.slice();
    broken.fill(0xff, columnIndexOffset, columnIndexOffset + 4);
    expect(await count(broken)).toEqual([10, 1, 4000]);
  });
});
