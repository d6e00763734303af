import type { Driver, DriverOptions } from "./driver.ts";
/**
 * Makes a driver for a small graph of plain functions; p-graph schedules them.
 *
 * ```ts
 * const driver = createDriver({
 *   nodes: {
 *     rows: { deps: ["path"], run: ({ path }) => load(path), cache: true },
 *     total: { deps: ["rows"], run: ({ rows }) => rows.length },
 *   },
 *   config: { path: "flights.csv" },
 * });
 * const { total } = await driver.execute(["total"]);
 * ```
 *
 * @throws PitotError INVALID_CONFIGURATION for a node that needs what is not there, a cycle, a name of both node and configuration
 */
export declare function createDriver(options: DriverOptions): Driver;
