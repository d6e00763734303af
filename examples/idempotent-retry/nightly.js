// One attempt of the nightly run. Every attempt has another run id and the same key, which is what its writes are known by.
import { appendDelta, createRunContext } from "pitot";
import { tableFromArrays } from "apache-arrow";

const [location = "", death] = process.argv.slice(2);
/** The run begins at its first commit, in every attempt. */
let run = createRunContext({ label: "nightly", key: "nightly/2026-11-24", commitSequence: 0 });

const batches = [
  tableFromArrays({ id: Int32Array.of(1, 2), amount: Float64Array.of(12.5, 7) }),
  tableFromArrays({ id: Int32Array.of(3, 4), amount: Float64Array.of(3, 99) }),
];
for (const batch of batches) {
  const [commit, next] = run.nextCommitVersion();
  const { outcome, version } = await appendDelta(location, batch, { ...commit, runId: run.runId });
  console.log(
    `  write ${commit.version} of ${commit.appId}: ${outcome}${version === undefined ? "" : `, version ${version}`}`,
  );
  if (death === "die") process.kill(process.pid, "SIGKILL");
  run = next;
}
