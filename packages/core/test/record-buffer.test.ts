import { context, ROOT_CONTEXT, trace, TraceFlags, type Context } from "@opentelemetry/api";
import { createTelemetryHarness } from "@pitot/testing";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { activeContext } from "../src/active-context.ts";
import { BurstClock } from "../src/burst-clock.ts";
import { columnValue, configureRecording, trackedRun, type RecordBatch } from "../src/index.ts";
import { RecordBuffer } from "../src/record-buffer.ts";

const SPANS: readonly (Context | undefined)[] = [
  undefined,
  ...["a", "b", "c"].map((digit, i) =>
    trace.setSpanContext(ROOT_CONTEXT, {
      traceId: (i === 2 ? "2" : "1").repeat(32),
      spanId: digit.repeat(16),
      traceFlags: TraceFlags.SAMPLED,
    }),
  ),
];

describe("a record buffer", () => {
  it("gives back what was appended, batch by batch (property)", () => {
    const times = [1, 1.5, 1_764_000_000_000, 1_764_000_000_001];
    const row = fc.record({
      group: fc.nat(3),
      text: fc.option(fc.string({ unit: "binary" })),
      span: fc.nat(SPANS.length - 1),
      time: fc.constantFrom(...times),
    });
    fc.assert(
      fc.property(fc.array(fc.array(row, { maxLength: 200, size: "max" }), { maxLength: 4 }), (batches) => {
        const buffer = new RecordBuffer("text", "kind", "issue");
        const groups = [
          ["k", "i"],
          ["k", null],
          [null, "i"],
          ["", "é"],
        ] as const;
        const codes = groups.map((values) => buffer.group(...values));
        let seq = 0n;
        for (const batch of batches) {
          for (const { group, text, span, time } of batch)
            buffer.append(codes.at(group)!, text, SPANS[span] ?? ROOT_CONTEXT, {
              time,
              tick: times.indexOf(time),
            });
          const { length, columns } = buffer.take();
          expect(length).toBe(batch.length);
          batch.forEach(({ group, text, span, time }, i) => {
            const ids = SPANS[span] && trace.getSpanContext(SPANS[span]);
            const seen = Object.fromEntries(
              Object.entries(columns).map(([name, column]) => [name, columnValue(column, i)]),
            );
            expect(seen).toEqual({
              text,
              kind: groups.at(group)![0],
              issue: groups.at(group)![1],
              trace_id: ids?.traceId ?? null,
              span_id: ids?.spanId ?? null,
              time_unix_nano: BigInt(Math.floor(time)) * 1_000_000n + (time % 1 === 0 ? 0n : 500_000n),
              seq: seq++,
            });
          });
        }
      }),
    );
  });

  it("is written at 4,096 rows, or at a mebibyte of text", () => {
    const lengths: number[] = [];
    const restore = configureRecording({
      targets: [
        {
          open: () => ({
            uri: undefined,
            write: ({ length }: RecordBatch) => void lengths.push(length),
            finish: () => {},
          }),
        },
      ],
    });
    trackedRun({ label: "bounds" }, (run) => {
      for (let i = 0; i < 5000; i++) run.recordQualityRow("N", "1", "I");
      for (let i = 0; i < 25; i++) run.recordEvent("e", { text: "x".repeat(100_000) });
    });
    restore();
    expect(lengths).toEqual([4096, 11, 11, 3, 904]);
  });
});

describe("the clock of a burst", () => {
  it("is the system's, at most 32 rows late, and anew in the next turn", async () => {
    const clock = new BurstClock();
    const now = (): number => {
      clock.touch();
      return clock.time;
    };
    const spin = (ms: number): number => {
      const until = performance.now() + ms;
      while (performance.now() < until);
      return Date.now();
    };
    for (let i = 0; i < 1000; i++) now();
    const later = spin(20);
    const times = Array.from({ length: 33 }, () => now());
    expect(times.at(-1)).toBeGreaterThanOrEqual(later);
    for (let i = 0; i < 1000; i++) now();
    await Promise.resolve();
    const next = spin(20);
    expect(now()).toBeGreaterThanOrEqual(next);
  });

  it("follows each row where rows are slow", async () => {
    const clock = new BurstClock();
    const now = (): number => {
      clock.touch();
      return clock.time;
    };
    for (let i = 0; i < 20; i++) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      const before = Date.now();
      const told = now();
      expect([told >= before, told <= Date.now()]).toEqual([true, true]);
    }
  });
});

describe("the active context", () => {
  it("is what the API says, whatever is registered", async () => {
    const inside = SPANS[1]!;
    const check = (): void => {
      expect(activeContext()).toBe(context.active());
      context.with(inside, () => expect(activeContext()).toBe(context.active()));
      expect(activeContext()).toBe(context.active());
    };
    check();
    for (let i = 0; i < 2; i++) {
      const telemetry = createTelemetryHarness();
      check();
      context.with(inside, () => expect(activeContext()).toBe(inside));
      await telemetry.shutdown();
      check();
    }
  });
});

it("asks a pipeline that takes no rows once per context, not once per row", () => {
  let started = 0;
  const provider = {
    getTracer: () => ({
      startSpan: () => {
        started++;
        return trace.wrapSpanContext({ traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 0 });
      },
      startActiveSpan: () => {
        throw new Error("not used");
      },
    }),
  };
  trace.setGlobalTracerProvider(provider);
  trackedRun({ label: "unsampled" }, (run) => {
    for (let i = 0; i < 1000; i++) run.recordQualityRow("N", `${i}`, "I");
  });
  trace.disable();
  expect(started).toBeLessThan(10);
});
