import type { Attributes } from "@opentelemetry/api";
import { createTelemetryHarness } from "@pitot/testing";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutUtf8, flattenPayload } from "../src/flatten-attributes.ts";
import { DiagnosticsCollector, trackedRun } from "../src/index.ts";
import { toPlain } from "../src/plain-value.ts";
import { nanoseconds, ordinals } from "../src/int64-column.ts";
import { Redactor } from "../src/redaction.ts";

const cyclic: Record<string, unknown> = { name: "c" };
cyclic["self"] = cyclic;
let deep: unknown = 1;
for (let i = 0; i < 1000; i++) deep = { deep };

const AWKWARD: Record<string, unknown> = {
  cyclic,
  deep,
  bigint: 2n ** 70n,
  date: new Date(Number.NaN),
  map: new Map([[1, new Set([2n])]]),
  typed: new Float64Array([1, Number.NaN]),
  bytes: new Uint8Array([255]),
  nan: Number.NaN,
  getter: {
    get bad(): never {
      throw new Error("no");
    },
  },
  json: {
    toJSON: () => {
      throw new Error("no");
    },
  },
  symbol: Symbol("s"),
  proto: JSON.parse('{"__proto__": {"polluted": true}}'),
  nothing: Object.create(null),
};

describe("awkward payloads", () => {
  it.each(Object.keys(AWKWARD))("%s is recorded without harm", (name) => {
    const sink = new DiagnosticsCollector();
    const result = trackedRun({ label: "x", sink }, (run) => {
      run.recordEvent(name, AWKWARD[name] as object);
      run.recordEvents(name, [{ value: AWKWARD[name] }]);
      run.recordArtifact(name, { value: AWKWARD[name] });
      return "result";
    });
    expect(result).toBe("result");
    const [, wrapped] = sink.eventsSnapshot()[name] ?? [];
    expect(() => JSON.stringify(wrapped)).not.toThrow();
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it("turns any value into JSON and back the same (property)", () => {
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withSet: true,
          withTypedArray: true,
          withNullPrototype: true,
        }),
        (value) => {
          const { value: plain } = toPlain(value, new Redactor());
          expect(JSON.parse(JSON.stringify(plain))).toEqual(JSON.parse(JSON.stringify(plain)));
        },
      ),
    );
  });

  it.each(["", "x".repeat(10_000_000), "a\u0000b\nc"])("takes any name", async (name) => {
    await using telemetry = createTelemetryHarness();
    trackedRun({ label: "names" }, (run) => {
      run.recordEvent(name, {});
      run.recordQualityRow(name, name.slice(0, 10), name);
      run.stage(name, () => {});
    });
    for (const span of telemetry.spans()) expect(span.name.length).toBeLessThan(300);
  });

  it("refuses a metric used with two kinds, and values that are no numbers", async () => {
    await using telemetry = createTelemetryHarness();
    const dropped = async (): Promise<number> =>
      (await telemetry.metrics())
        .filter(
          ({ name, attributes }) =>
            name === "pitot.records" &&
            attributes["pitot.record.kind"] === "metric" &&
            attributes["pitot.outcome"] === "dropped",
        )
        .reduce((sum, { value }) => sum + Number(value), 0);
    trackedRun({ label: "first" }, (run) => run.recordMetric("not.finite", Number.NaN));
    const before = await dropped();
    trackedRun({ label: "metrics" }, (run) => {
      run.recordMetric("two.kinds", 1, {}, { kind: "counter" });
      run.recordMetric("two.kinds", 5, {}, { kind: "gauge" });
      run.recordMetric("two.kinds", Number.NaN, {});
    });
    const points = await telemetry.metrics();
    expect(points.filter(({ name }) => name === "two.kinds").map(({ value }) => value)).toEqual([1]);
    expect((await dropped()) - before).toBe(2);
  });

  it("bounds the attribute sets of a metric", async () => {
    await using telemetry = createTelemetryHarness();
    trackedRun({ label: "cardinality" }, (run) => {
      for (let i = 0; i < 5000; i++) run.recordMetric("too.many", i, { id: `${i}` }, { kind: "counter" });
    });
    const points = (await telemetry.metrics()).filter(({ name }) => name === "too.many");
    expect(points.length).toBeLessThanOrEqual(2001);
    expect(points.reduce((sum, { value }) => sum + Number(value), 0)).toBe((4999 * 5000) / 2);
  });
});

describe("redaction", () => {
  it("masks secrets in every case style, and credentials in URLs", () => {
    const input = {
      apiKey: "k",
      "X-Authorization": "a",
      db_password: "p",
      tokenCount: 3,
      url: "https://u:p@h/x",
      deep: [{ accessToken: "t" }],
    };
    const { value, redacted } = toPlain(input, new Redactor());
    expect(value).toEqual({
      apiKey: "[redacted]",
      "X-Authorization": "[redacted]",
      db_password: "[redacted]",
      tokenCount: 3,
      url: "https://[redacted]@h/x",
      deep: [{ accessToken: "[redacted]" }],
    });
    expect(redacted).toBe(5);
  });

  it("drops, hashes and masks by rule", () => {
    const redactor = new Redactor(
      [
        { path: "user.*", action: "hash" },
        { path: /^ssn$/, action: "drop" },
      ],
      "key",
    );
    const once = toPlain({ user: { id: 1 }, ssn: 2 }, redactor).value;
    expect(once).toEqual(toPlain({ user: { id: 1 }, ssn: 3 }, redactor).value);
    expect(JSON.stringify(once)).toMatch(/^\{"user":\{"id":"[0-9a-f]{64}"\}\}$/);
    expect(() => new Redactor([{ path: "x", action: "hash" }])).toThrow("PITOT_REDACTION_KEY");
  });
});

describe("flattening", () => {
  it("keeps what does not fit as bounded JSON beside a digest", () => {
    const payload = { long: "é".repeat(20_000), ok: 1 };
    const attributes: Attributes = {};
    const limits = { attributes: 120, payloadBytes: 8191, textLength: Infinity };
    const truncated = flattenPayload(payload, JSON.stringify(payload), limits, attributes);
    expect(truncated).toBe(true);
    expect(attributes["pitot.payload.ok"]).toBe(1);
    expect(Buffer.byteLength(attributes["pitot.payload.json"] as string)).toBeLessThanOrEqual(8191);
    expect(attributes["pitot.payload.json"]).not.toContain("\ufffd");
  });

  it("cuts on character boundaries (property)", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.nat(50), (text, bytes) => {
        const cut = cutUtf8(text, bytes);
        expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(Math.max(bytes, 0));
        expect(text.startsWith(cut)).toBe(true);
      }),
    );
  });
});

it("makes exact nanoseconds of milliseconds (property)", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), (ms) => {
      expect(nanoseconds(ms)).toBe(BigInt(ms) * 1_000_000n);
    }),
  );
});

it("counts on beyond 32 bits (property)", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2 ** 32 - 20, max: 2 ** 32 + 20 }), (first) => {
      const expected = Array.from({ length: 30 }, (_, i) => BigInt(first + i));
      expect([...ordinals(first, 30, new BigInt64Array(30).fill(-1n))]).toEqual(expected);
    }),
  );
});
