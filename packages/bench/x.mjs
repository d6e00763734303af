import { context, metrics, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BasicTracerProvider, BatchSpanProcessor, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { observeDuckDB } from "@pitot/duckdb";
import { createDriver } from "@pitot/pipeline";
import { DuckDBInstance } from "@duckdb/node-api";
const mode = process.argv[2];
const exporter = {
  export(s, cb) {
    cb({ code: 0 });
  },
  shutdown: async () => {},
  forceFlush: async () => {},
};
if (mode.includes("c")) context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
if (mode.includes("t"))
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors: mode.includes("b") ? [new BatchSpanProcessor(exporter)] : [] }),
  );
if (mode.includes("m")) metrics.setGlobalMeterProvider(new MeterProvider());
const cpu = () => {
  const c = process.cpuUsage();
  return c.user + c.system;
};
const med = (a) => a.sort((x, y) => x - y)[a.length >> 1];
{
  const i = await DuckDBInstance.create();
  const a = await i.connect(),
    b = observeDuckDB(await i.connect());
  const t = [[], []];
  for (let r = 0; r < 60; r++)
    for (const [k, c] of [a, b].entries()) {
      const s = cpu();
      for (let j = 0; j < 100; j++) await c.run("SELECT 42 AS answer");
      t[k].push((cpu() - s) / 100);
    }
  console.log(
    mode,
    "duckdb med",
    med(t[0]).toFixed(1),
    med(t[1]).toFixed(1),
    "p10",
    t[0][6].toFixed(1),
    t[1][6].toFixed(1),
  );
}
const N = 500,
  all = Array.from({ length: N }, (_, i) => "n" + i);
const d = createDriver({
  nodes: Object.fromEntries(all.map((n, i) => [n, { deps: i < 10 ? [] : [`n${i - 10}`], run: () => i }])),
});
{
  const t = [];
  for (let r = 0; r < 40; r++) {
    const s = cpu();
    await d.execute(all);
    t.push((cpu() - s) / N);
  }
  console.log(mode, "driver med", med(t).toFixed(1), "p10", t[4].toFixed(1));
}
process.exit();
