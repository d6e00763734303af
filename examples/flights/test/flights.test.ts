import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTelemetryHarness } from "@pitot/testing";
import { expect, it } from "vitest";
import { flightDelays } from "../pipeline.js";

it("reads 4 of the 11 row groups for its two months", async () => {
  await using telemetry = createTelemetryHarness();
  const folder = mkdtempSync(join(tmpdir(), "pitot-flights-"));
  try {
    const { flights, airports } = await flightDelays(join(folder, "delays.arrow"));
    expect([flights, airports]).toEqual([971_842, 224]);
    const scan = telemetry.spans().find(({ name }) => name === "scan flights");
    expect(scan?.attributes).toMatchObject({
      "pitot.scan.row_groups.total": 11,
      "pitot.scan.row_groups.read": 4,
      "pitot.scan.row_groups.skipped": 7,
      "pitot.scan.rows.matched": 971_842,
    });
    const rowGroups = (await telemetry.metrics()).filter(({ name }) => name === "pitot.scan.row_groups");
    expect(
      Object.fromEntries(rowGroups.map(({ attributes, value }) => [attributes["pitot.outcome"], value])),
    ).toEqual({
      read: 4,
      skipped: 7,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
