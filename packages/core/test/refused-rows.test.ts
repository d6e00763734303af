import { expect, it } from "vitest";
import {
  configureRecording,
  finishRun,
  startRun,
  type RecordCounts,
  type RecordTarget,
} from "../src/index.ts";

/** Counts of a run whose storage refuses some of its batches. */
function countsOf(refuses: (kind: string) => boolean): RecordCounts {
  let counts: RecordCounts = {};
  const target: RecordTarget = {
    open: () => ({
      uri: undefined,
      write: ({ kind }) => !refuses(kind),
      finish: (_run, given) => {
        counts = given;
      },
    }),
  };
  const restore = configureRecording({ targets: [target] });
  try {
    const run = startRun({ label: "refused" });
    for (let i = 0; i < 5000; i++) run.recordQualityRow("N", `${i}`, "I");
    run.recordEvent("one", { a: 1 });
    run.recordArtifact("two", {});
    finishRun(run);
  } finally {
    restore();
  }
  return counts;
}

it("counts rows that storage refuses as dropped, and never as kept by the snapshot alone", () => {
  expect(countsOf(() => true)).toMatchObject({
    quality: { exported: 0, snapshot_only: 0, dropped: 5000 },
    event: { exported: 0, snapshot_only: 0, dropped: 1 },
    artifact: { exported: 0, snapshot_only: 0, dropped: 1 },
  });
  let batches = 0;
  // The first 4,096 rows, as a disk does that is full for a while.
  expect(countsOf((kind) => kind === "quality" && batches++ === 0)).toMatchObject({
    quality: { exported: 0, snapshot_only: 904, dropped: 4096 },
    event: { snapshot_only: 1, dropped: 0 },
  });
});
