// `npm run demo`: runs the pipeline and shows what Pitot saw of it.
import { fileURLToPath } from "node:url";
import { showRun, startPitot } from "pitot";
import { flightDelays } from "./pipeline.js";

const here = fileURLToPath(new URL(".", import.meta.url));
const pitot = await startPitot({ serviceName: "flights" });
process.stderr.write("pitot: running the flights pipeline … ");
const started = performance.now();
const { runId } = await flightDelays(`${here}.pitot/airport-delays.arrow`);
await pitot.shutdown();
process.stderr.write(`${((performance.now() - started) / 1000).toFixed(1)} s\n\n`);

const directory = String(pitot.snapshotDirectory);
console.log(await showRun(directory, runId));
console.log(
  pitot.exporting
    ? `\nThe same run was sent to the Collector; in Jaeger, look for the tag pitot.run.id=${runId}.`
    : "\nNo Collector listens on port 4318, so nothing was sent. `npm run backends` starts one with Jaeger and Prometheus.",
);
console.log("Next:  npx pitot runs    npx pitot show last    npx pitot doctor");
