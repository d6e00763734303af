// What the environment says of sending, in processes of their own, against real receivers.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { startOtlpSink, type OtlpRequest, type OtlpSink } from "@pitot/testing";
import { describe, expect, it } from "vitest";
import {
  data,
  firstRun,
  fixtures,
  folder,
  register,
  spanNames,
  useRegister,
  type Env,
} from "./registered.ts";

useRegister();

async function run(env: Env): Promise<void> {
  const child = spawn(process.execPath, ["--import", register, "app.mjs", data], {
    cwd: fixtures,
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, PITOT_DIR: folder, ...env },
  });
  expect(await once(child, "exit")).toEqual([3, null]);
}

const signals = (sink: OtlpSink): Set<string> => new Set(sink.requests.map(({ signal }) => signal));

function resourceOf({ body }: OtlpRequest): Record<string, unknown> {
  const [first] = Object.values(body as Record<string, unknown[]>)[0] as [
    { resource: { attributes: { key: string; value: { stringValue?: string } }[] } },
  ];
  return Object.fromEntries(first.resource.attributes.map(({ key, value }) => [key, value.stringValue]));
}

describe("the environment", () => {
  it("has a place, a protocol and batches for one signal, and a resource", async () => {
    await using all = await startOtlpSink();
    await using metrics = await startOtlpSink();
    await run({
      OTEL_EXPORTER_OTLP_ENDPOINT: all.url,
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${metrics.url}/v1/metrics`,
      OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "2",
      OTEL_RESOURCE_ATTRIBUTES: "service.name=caf%C3%A9,team=a%2Cb",
    });
    expect([...signals(all)]).toEqual(["traces"]);
    expect([...signals(metrics)]).toEqual(["metrics"]);
    expect(new Set(all.requests.map(({ contentType }) => contentType))).toEqual(
      new Set(["application/x-protobuf"]),
    );
    expect(metrics.requests[0]?.contentType).toBe("application/json");
    expect(all.spans.length).toBeGreaterThanOrEqual(6);
    expect(all.requests.length).toBeGreaterThanOrEqual(all.spans.length / 2);
    expect(resourceOf(all.requests[0]!)).toMatchObject({ "service.name": "café", team: "a,b" });
    expect(firstRun().manifest.service_name).toBe("café");
  });

  it.each([
    ["traces", "OTEL_TRACES_EXPORTER", ["metrics"]],
    ["metrics", "OTEL_METRICS_EXPORTER", ["traces"]],
  ])("sends no %s where it says so, and the snapshot has them", async (_, variable, sent) => {
    await using sink = await startOtlpSink();
    await run({ OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, [variable]: "none" });
    expect([...signals(sink)]).toEqual(sent);
    expect(await spanNames(firstRun())).toContain("scan orders");
  });
});
