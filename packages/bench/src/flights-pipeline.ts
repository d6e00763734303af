import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { PipelineRun } from "@pitot/core";
import { tableFromArrays, tableToIPC } from "apache-arrow";
import { asyncBufferFromFile, type parquetRead } from "hyparquet";
import { compressors } from "hyparquet-compressors";

const ROWS = 1_000_000;
const FILE = join(
  dirname(createRequire(import.meta.url).resolve("vega-datasets")),
  "../data/flights-3m.parquet",
);

/** What the stages hand on: a column each. */
interface Flights {
  readonly delay: Float64Array;
  readonly distance: Float64Array;
  readonly origin: readonly string[];
}

/**
 * Row 11: a pipeline that reads a million flights, checks them, sums them up by airport, and writes the flights and the airports to a folder; tracked
 * where there is a run. Returns how many airports there are.
 */
export async function flightsPipeline(
  run: PipelineRun | undefined,
  read: typeof parquetRead,
  folder: string,
): Promise<number> {
  const stage = <T>(name: string, body: () => T): T => (run === undefined ? body() : run.stage(name, body));
  const flights = await stage("read", async () => readFlights(read));
  stage("check", () => check(flights, run));
  const airports = stage("aggregate", () => aggregate(flights));
  stage("write", () => write(flights, airports, folder));
  run?.recordMetric("airports", airports.size);
  return airports.size;
}

// Functions of their own: inlined into the SDK's, a profile would call them ours, and tracked or not, they would be optimised differently.
async function readFlights(read: typeof parquetRead): Promise<Flights> {
  const flights = {
    delay: new Float64Array(ROWS),
    distance: new Float64Array(ROWS),
    origin: [] as string[],
  };
  await read({
    file: await asyncBufferFromFile(FILE),
    compressors,
    columns: Object.keys(flights),
    rowEnd: ROWS,
    onChunk: ({ columnName, columnData, rowStart }) => {
      const column = flights[columnName as keyof Flights] as unknown[] | Float64Array;
      for (let i = 0; i < columnData.length; i++) {
        const value = columnData[i] as unknown;
        column[rowStart + i] = typeof value === "bigint" ? Number(value) : value;
      }
    },
  });
  return flights;
}

function check({ delay }: Flights, run: PipelineRun | undefined): void {
  for (let i = 0; i < ROWS; i++)
    if (delay[i]! < -60) run?.recordQualityRow("FLIGHT", String(i), "TOO_EARLY", "flights");
}

function aggregate({ delay, origin }: Flights): Map<string, number> {
  const sums = new Map<string, number>();
  for (let i = 0; i < ROWS; i++) sums.set(origin[i]!, (sums.get(origin[i]!) ?? 0) + delay[i]!);
  return sums;
}

function write({ delay, distance }: Flights, airports: Map<string, number>, folder: string): void {
  const sums = { origin: [...airports.keys()], delay: Float64Array.from(airports.values()) };
  writeFileSync(join(folder, "flights.arrow"), tableToIPC(tableFromArrays({ delay, distance }), "file"));
  writeFileSync(join(folder, "airports.arrow"), tableToIPC(tableFromArrays(sums), "file"));
}
