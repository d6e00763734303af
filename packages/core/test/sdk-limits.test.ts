import { createTelemetryHarness } from "@pitot/testing";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { configureRecording, trackedRun, type RecordBatch, type RecordCounts } from "../src/index.ts";
import { cutBySdk, sdkLimits } from "../src/sdk-limits.ts";

/** What one run counted, with a place that keeps everything. */
function recordUnder(
  options: Parameters<typeof configureRecording>[0],
  body: Parameters<typeof trackedRun>[1],
): { counts: RecordCounts; batches: number } {
  let counts: RecordCounts = {};
  let batches = 0;
  const restore = configureRecording({
    ...options,
    targets: [
      {
        open: () => ({
          uri: undefined,
          write: (_batch: RecordBatch) => void batches++,
          finish: (_run, all) => void (counts = all),
        }),
      },
    ],
  });
  try {
    trackedRun({ label: "limits" }, body);
  } catch {
    // The fault of the body.
  }
  restore();
  return { counts, batches };
}

describe("an SDK that keeps few events", () => {
  it.each([0, 1, 2, 3, 4])(
    "drops none of them under a limit of %i, also where a run and a stage fail",
    async (limit) => {
      await using telemetry = createTelemetryHarness({ spanLimits: { eventCountLimit: limit } });
      const { counts } = recordUnder({ spanEventLimit: limit }, (run) => {
        for (let i = 0; i < 10; i++) run.recordQualityRow("N", `${i}`, "I", "t");
        run.recordEvent("e", { a: 1 });
        run.recordArtifact("a", { a: 1 });
        run.stage("s", () => {
          run.recordEvent("in a stage", {});
          throw new Error("no");
        });
      });
      for (const span of telemetry.spans()) expect(span.droppedEventsCount, span.name).toBe(0);
      const outcome = limit === 0 ? "snapshot_only" : "exported";
      expect(counts["quality"]?.[outcome]).toBe(10);
      expect(counts["event"]?.[outcome]).toBe(2);
      expect(counts["artifact"]?.[outcome]).toBe(1);
    },
  );
});

describe("an SDK that cuts texts", () => {
  it("is given what it keeps, and what it cuts is counted", async () => {
    await using telemetry = createTelemetryHarness({ spanLimits: { attributeValueLengthLimit: 64 } });
    const { counts } = recordUnder({ attributeLengthLimit: 64 }, (run) => {
      run.recordEvent("short", { text: "x".repeat(64) });
      run.recordEvent("long", { text: "x".repeat(65), list: ["y".repeat(100)] });
      run.recordQualityRow("N", "i".repeat(64), "I", "t");
      run.recordQualityRow("N", "i".repeat(65), "I", "t");
    });
    expect(counts["event"]).toMatchObject({ exported: 2, truncated: 1 });
    expect(counts["quality"]).toMatchObject({ exported: 2, truncated: 1 });
    const long = telemetry
      .spans()
      .flatMap(({ events }) => events)
      .find(({ attributes }) => attributes?.["pitot.event.name"] === "long");
    expect(long?.attributes).toMatchObject({ "pitot.payload.truncated": true });
    expect(String(long?.attributes?.["pitot.payload.json"])).toHaveLength(64);
  });
});

describe("an SDK that keeps few attributes", () => {
  it("is counted", async () => {
    await using telemetry = createTelemetryHarness({
      spanLimits: { attributeCountLimit: 5, attributePerEventCountLimit: 3 },
    });
    const { counts } = recordUnder({ spanAttributeLimit: 5, eventAttributeLimit: 3 }, (run) => {
      run.recordQualityRow("N", "1", "I", "t");
    });
    expect(telemetry.spans().some(({ droppedAttributesCount }) => droppedAttributesCount > 0)).toBe(true);
    expect(counts["quality"]).toMatchObject({ exported: 1, truncated: 1 });
    expect(counts["run"]?.truncated).toBeGreaterThan(0);
  });
});

describe("the limits of the environment", () => {
  it("are those of the SDK and of the specification, the lowest where there are two", () => {
    expect(sdkLimits({})).toEqual({
      spanEvents: 128,
      eventAttributes: 128,
      spanAttributes: 128,
      valueLength: Infinity,
    });
    expect(
      sdkLimits({
        OTEL_SPAN_EVENT_COUNT_LIMIT: "10",
        OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: "20",
        OTEL_SPAN_ATTRIBUTE_PER_EVENT_COUNT_LIMIT: "12",
        OTEL_ATTRIBUTE_COUNT_LIMIT: "50",
        OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: "100",
        OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: " ",
      }),
    ).toEqual({ spanEvents: 10, eventAttributes: 12, spanAttributes: 50, valueLength: 100 });
    expect(
      sdkLimits({ OTEL_SPAN_EVENT_COUNT_LIMIT: "many", OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: "0" }),
    ).toMatchObject({
      spanEvents: 128,
      valueLength: Infinity,
    });
  });

  it("tell what is cut (property)", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.array(fc.string()))),
        fc.nat(5),
        fc.integer({ min: 1, max: 5 }),
        (attributes, count, length) => {
          const values = Object.values(attributes);
          const long = values.flat().some((value) => typeof value === "string" && value.length > length);
          expect(cutBySdk(attributes, count, length)).toBe(values.length > count || long);
        },
      ),
    );
  });
});
