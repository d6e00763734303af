// Which airports keep you waiting? A pipeline over three million real flights of 2001.
//
// Flights stay Arrow columns from the file to the result: the scan's batches, a table around them, checks and sums over their buffers.
// Everything that Pitot needs to know is in the calls on `run`; take them out and the pipeline works as before.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Table, tableFromArrays, tableToIPC } from "apache-arrow";
import Papa from "papaparse";
import {
  col,
  concatQualityTables,
  IdSet,
  openDataset,
  qualityFromIds,
  qualityFromPredicate,
  qualityFromReferences,
  recordDatasets,
  recordQualityTable,
  trackedRun,
  trackedScan,
} from "pitot";
import { STATE_NAMES } from "./state-names.js";

const require = createRequire(import.meta.url);
// The package exports its code only, so its data folder is found from there.
const data = join(dirname(require.resolve("vega-datasets")), "../data");

/** Reads from the middle of the second row group on: four of the eleven hold flights of these days. */
const WINDOW = { from: new Date("2001-02-05T00:00:00Z"), to: new Date("2001-04-05T00:00:00Z") };

/** @typedef {{ iata: string | number, name: string, city: string, state: string, latitude: number, longitude: number }} Airport */

/**
 * @param {string} output where the Arrow file goes
 * @param {import("pitot").DiagnosticsSink} [sink] gets every record beside OTel and the snapshot
 */
export async function flightDelays(output, sink) {
  return await trackedRun(
    {
      label: "flight-delays",
      key: `flight-delays/${WINDOW.from.toISOString().slice(0, 10)}`,
      metadata: { from: WINDOW.from, to: WINDOW.to },
      ...(sink && { sink }),
    },
    async (run) => {
      const airports = await run.stage("read airports", () => readAirports(run));
      const flights = await run.stage("read flights", () => readFlights(run));
      run.stage("check quality", () => {
        const tables = { airports: airportColumns(airports), flights };
        recordDatasets(run, tables);
        recordQualityTable(run, airportsQuality(tables.airports));
        recordQualityTable(run, originsQuality(flights, tables.airports));
        recordEarlyFlights(run, flights);
      });
      const delays = run.stage("aggregate", () => aggregate(flights, airports));
      await run.stage("write result", async () => {
        const table = tableFromArrays(delays);
        recordDatasets(run, { airport_delays: table });
        const bytes = tableToIPC(table, "file");
        await mkdir(dirname(output), { recursive: true });
        await writeFile(output, bytes);
        run.recordArtifact("result", { path: output, airports: delays.iata.length, bytes: bytes.length });
        run.recordMetric("flights.result.size", bytes.length, { format: "arrow" }, { unit: "By" });
      });
      return { runId: run.runId, airports: delays.iata.length, flights: flights.numRows };
    },
  );
}

/**
 * @param {import("pitot").PipelineRun} run
 * @returns {Promise<Map<string, Airport>>}
 */
async function readAirports(run) {
  const text = await readFile(`${data}/airports.csv`, "utf8");
  const { data: rows } = /** @type {{ data: Airport[] }} */ (
    Papa.parse(text, { header: true, skipEmptyLines: true, dynamicTyping: true })
  );
  run.recordEvent("dataset_read", { dataset: "airports", rows: rows.length, bytes: text.length });
  run.recordMetric("flights.read.rows", rows.length, { dataset: "airports" }, { unit: "{row}" });
  // The parser takes the codes 0E0 and 0E8 for the number 0, so one of the two airports is lost; the check for invalid ids finds the other.
  return new Map(rows.map((row) => [String(row.iata), row]));
}

/**
 * Reads only the row groups whose statistics leave room for the window; the scan tells the run which these were.
 * @param {import("pitot").PipelineRun} run
 */
async function readFlights(run) {
  const dataset = await openDataset(`${data}/flights-3m.parquet`, { name: "flights" });
  const scan = trackedScan(run, dataset, {
    columns: ["date", "delay", "origin"],
    predicate: col("date").ge(WINDOW.from).and(col("date").lt(WINDOW.to)),
  });
  const batches = [];
  for await (const batch of scan) batches.push(batch);
  const flights = new Table(batches);
  const { rowGroups } = scan.effectiveness;
  run.recordEvent("dataset_read", { dataset: "flights", rows: flights.numRows, row_groups: rowGroups });
  run.recordMetric("flights.read.rows", flights.numRows, { dataset: "flights" }, { unit: "{row}" });
  return flights;
}

/** @param {Map<string, Airport>} airports */
function airportColumns(airports) {
  const rows = [...airports.values()];
  return { iata: rows.map(({ iata }) => String(iata)), state: rows.map(({ state }) => state) };
}

// The faults that the data really has. The pipeline goes on with all of them.

/** @param {ReturnType<typeof airportColumns>} airports */
function airportsQuality(airports) {
  /** @type {{ state: string }[]} */
  const capitals = require(`${data}/us-state-capitals.json`);
  const states = new Set(capitals.map(({ state }) => state));
  const spec = { idCol: "iata", entityKind: "AIRPORT", sourceTable: "airports" };
  return concatQualityTables([
    qualityFromIds(airports, { ...spec, issue: "INVALID_ID" }, { ordinals: true }),
    qualityFromPredicate(
      airports,
      { ...spec, issue: "STATE_UNKNOWN" },
      (row) => !states.has(STATE_NAMES[String(row.get("state"))] ?? ""),
      { ordinals: true },
    ),
  ]);
}

/**
 * @param {Table} flights
 * @param {ReturnType<typeof airportColumns>} airports
 */
function originsQuality(flights, airports) {
  const known = new IdSet().add(airports, "iata");
  const spec = { idCol: "origin", entityKind: "FLIGHT", sourceTable: "flights" };
  return qualityFromReferences(flights, { ...spec, issue: "ORIGIN_UNKNOWN" }, known, { ordinals: true });
}

/**
 * A check by hand: flights have no id of their own, so one is made of two columns for the few that are wrong.
 * @param {import("pitot").PipelineRun} run
 * @param {Table} flights
 */
function recordEarlyFlights(run, flights) {
  const [date, delay, origin] = ["date", "delay", "origin"].map((name) => flights.getChild(name));
  /** @type {BigInt64Array} */
  const delays = delay?.toArray();
  delays.forEach((minutes, i) => {
    if (minutes >= -60n) return;
    const id = `${origin?.get(i)}@${new Date(date?.get(i)).toISOString()}`;
    run.recordQualityRow("FLIGHT", id, "MORE_THAN_AN_HOUR_EARLY", "flights", i);
  });
}

/**
 * @param {Table} flights
 * @param {Map<string, Airport>} airports
 */
function aggregate(flights, airports) {
  /** @type {BigInt64Array} */
  const delays = flights.getChild("delay")?.toArray();
  /** @type {Map<string, { flights: number, late: number, delay: number }>} */
  const totals = new Map();
  let i = 0;
  for (const origin of flights.getChild("origin") ?? []) {
    let total = totals.get(origin);
    if (total === undefined) totals.set(origin, (total = { flights: 0, late: 0, delay: 0 }));
    const delay = Number(delays[i++]);
    total.flights++;
    total.delay += delay;
    if (delay > 15) total.late++;
  }
  const known = [...totals].filter(([iata]) => airports.has(iata)).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    iata: known.map(([iata]) => iata),
    city: known.map(([iata]) => String(airports.get(iata)?.city)),
    flights: Int32Array.from(known, ([, total]) => total.flights),
    mean_delay: Float64Array.from(known, ([, total]) => total.delay / total.flights),
    late_share: Float64Array.from(known, ([, total]) => total.late / total.flights),
  };
}
