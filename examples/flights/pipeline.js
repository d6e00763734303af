// Which airports keep you waiting? A pipeline over three million real flights of 2001.
//
// Everything that Pitot needs to know is in the calls on `run`; take them out and the pipeline works as before.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { tableFromArrays, tableToIPC } from "apache-arrow";
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
/** @typedef {{ delay: number[], origin: string[], date: Date[] }} Flights */

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
        const tables = { airports: airportColumns(airports), flights: flightColumns(flights) };
        recordDatasets(run, tables);
        recordQualityTable(run, airportsQuality(tables.airports));
        recordQualityTable(run, flightsQuality(tables.flights, tables.airports));
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
      return { runId: run.runId, airports: delays.iata.length, flights: flights.delay.length };
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
  return new Map(rows.map((row) => [String(row.iata), row]));
}

/**
 * Reads only the row groups whose statistics leave room for the window; the scan tells the run which these were.
 * @param {import("pitot").PipelineRun} run
 * @returns {Promise<Flights>}
 */
async function readFlights(run) {
  const dataset = await openDataset(`${data}/flights-3m.parquet`, { name: "flights" });
  const scan = trackedScan(run, dataset, {
    columns: ["date", "delay", "origin"],
    predicate: col("date").ge(WINDOW.from).and(col("date").lt(WINDOW.to)),
  });
  /** @type {Flights} */
  const flights = { delay: [], origin: [], date: [] };
  for await (const batch of scan) {
    const [date, delay, origin] = ["date", "delay", "origin"].map((name) => batch.getChild(name));
    for (let i = 0; i < batch.numRows; i++) {
      flights.date.push(new Date(date?.get(i)));
      flights.delay.push(Number(delay?.get(i)));
      flights.origin.push(origin?.get(i));
    }
  }
  const { rowGroups } = scan.effectiveness;
  run.recordEvent("dataset_read", { dataset: "flights", rows: flights.delay.length, row_groups: rowGroups });
  run.recordMetric("flights.read.rows", flights.delay.length, { dataset: "flights" }, { unit: "{row}" });
  return flights;
}

/** @param {Map<string, Airport>} airports */
function airportColumns(airports) {
  const rows = [...airports.values()];
  // The CSV parser reads the code 0E0 as a number, which the check for invalid ids finds.
  return { iata: rows.map(({ iata }) => String(iata)), state: rows.map(({ state }) => state) };
}

/** @param {Flights} flights */
function flightColumns({ date, origin, delay }) {
  return {
    id: origin.map((airport, i) => `${airport}@${date[i]?.toISOString()}`),
    date,
    origin,
    delay: Int16Array.from(delay),
  };
}

// The faults that the data really has, as a quality table per build. The pipeline goes on with all of them.

/** @param {ReturnType<typeof airportColumns>} airports */
function airportsQuality(airports) {
  /** @type {{ state: string }[]} */
  const capitals = require(`${data}/us-state-capitals.json`);
  const states = new Set(capitals.map(({ state }) => state));
  const spec = { idCol: "iata", entityKind: "AIRPORT", sourceTable: "airports" };
  return concatQualityTables([
    qualityFromIds(airports, { ...spec, issue: "INVALID_ID" }),
    qualityFromPredicate(
      airports,
      { ...spec, issue: "STATE_UNKNOWN" },
      (row) => !states.has(STATE_NAMES[String(row.get("state"))] ?? ""),
    ),
  ]);
}

/**
 * @param {ReturnType<typeof flightColumns>} flights
 * @param {ReturnType<typeof airportColumns>} airports
 */
function flightsQuality(flights, airports) {
  const spec = { idCol: "id", entityKind: "FLIGHT", sourceTable: "flights" };
  const known = new IdSet().add(airports, "iata");
  return concatQualityTables([
    qualityFromPredicate(
      flights,
      { ...spec, issue: "MORE_THAN_AN_HOUR_EARLY" },
      { column: "delay", min: -60 },
    ),
    qualityFromReferences(flights, { ...spec, idCol: "origin", issue: "ORIGIN_UNKNOWN" }, known),
  ]);
}

/**
 * @param {Flights} flights
 * @param {Map<string, Airport>} airports
 */
function aggregate(flights, airports) {
  /** @type {Map<string, { flights: number, late: number, delay: number }>} */
  const totals = new Map();
  flights.origin.forEach((origin, i) => {
    const total = totals.get(origin) ?? { flights: 0, late: 0, delay: 0 };
    const delay = flights.delay[i] ?? 0;
    total.flights++;
    total.delay += delay;
    if (delay > 15) total.late++;
    totals.set(origin, total);
  });
  const known = [...totals].filter(([iata]) => airports.has(iata)).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    iata: known.map(([iata]) => iata),
    city: known.map(([iata]) => String(airports.get(iata)?.city)),
    flights: Int32Array.from(known, ([, total]) => total.flights),
    mean_delay: Float64Array.from(known, ([, total]) => total.delay / total.flights),
    late_share: Float64Array.from(known, ([, total]) => total.late / total.flights),
  };
}
