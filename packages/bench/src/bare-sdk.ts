import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configureRecording } from "@pitot/core";
import { SnapshotStore } from "@pitot/snapshot";
import { createTelemetryHarness } from "@pitot/testing";

/** Real providers without export, and a snapshot in a folder that `stop` removes. */
export async function startBare(): Promise<{ store: SnapshotStore; stop: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), "pitot-bench-"));
  const telemetry = createTelemetryHarness();
  const store = new SnapshotStore({ directory: folder });
  const restore = configureRecording({ targets: [store] });
  return {
    store,
    stop: async () => {
      restore();
      await telemetry.shutdown();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
