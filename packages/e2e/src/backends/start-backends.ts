import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildBackends } from "./build-backends.ts";

/** Running back ends; all on 127.0.0.1. */
export interface Backends {
  /** OTLP over HTTP: `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly otlp: string;
  readonly jaeger: string;
  readonly prometheus: string;
  stopCollector(): Promise<void>;
  startCollector(): Promise<void>;
  stop(): Promise<void>;
}

/** How back ends are started. */
export interface BackendOptions {
  /** `standard`: 4317, 4318, 16686, 9090 and so on; `free`: whatever is free, for tests. */
  readonly ports: "standard" | "free";
  readonly scrapeInterval?: string;
}

const config = fileURLToPath(new URL("../../../../collector-config/", import.meta.url));

/** Starts Collector, Jaeger and Prometheus with the files of `collector-config/`, and returns when all three are ready. */
export async function startBackends(options: BackendOptions): Promise<Backends> {
  const programs = buildBackends();
  const folder = mkdtempSync(join(tmpdir(), "pitot-backends-"));
  const port = await ports(options.ports);
  const at = (name: keyof typeof port): string => `127.0.0.1:${port[name]}`;
  const env = {
    ...process.env,
    // Jaeger would trace itself to wherever the standard variables point.
    OTEL_TRACES_SAMPLER: "always_off",
    OTEL_EXPORTER_OTLP_ENDPOINT: "",
    PITOT_OTLP_GRPC: at("grpc"),
    PITOT_OTLP_HTTP: at("http"),
    PITOT_HEALTH_ENDPOINT: at("health"),
    PITOT_COLLECTOR_STORAGE: join(folder, "queue"),
    PITOT_BATCH_TIMEOUT: "200ms",
    PITOT_JAEGER_OTLP: at("jaegerOtlp"),
    PITOT_JAEGER_QUERY: at("jaeger"),
    PITOT_JAEGER_QUERY_GRPC: at("jaegerGrpc"),
    PITOT_JAEGER_HEALTH: at("jaegerHealth"),
    PITOT_PROMETHEUS_EXPORTER: at("exporter"),
  };
  const children = new Set<ChildProcess>();
  const launch = (name: string, program: string, args: readonly string[]): ChildProcess => {
    const log = openSync(join(folder, `${name}.log`), "a");
    const child = spawn(program, args, { env, stdio: ["ignore", log, log], cwd: folder });
    closeSync(log);
    children.add(child);
    child.once("exit", () => children.delete(child));
    return child;
  };
  const killAll = (): void => children.forEach((child) => child.kill("SIGKILL"));
  process.once("exit", killAll);

  launch("jaeger", programs.jaeger, ["--config", join(config, "jaeger.yaml")]);
  const launchCollector = (): ChildProcess =>
    launch("collector", programs.collector, ["--config", join(config, "collector.yaml")]);
  let collector = launchCollector();
  launch("prometheus", programs.prometheus, [
    `--config.file=${prometheusConfig(folder, at("exporter"), options.scrapeInterval ?? "1s")}`,
    `--storage.tsdb.path=${join(folder, "tsdb")}`,
    `--web.listen-address=${at("prometheus")}`,
  ]);
  const collectorReady = (): Promise<void> => ready(`http://${at("health")}/`, join(folder, "collector.log"));
  await Promise.all([
    collectorReady(),
    ready(`http://${at("jaeger")}/api/services`, join(folder, "jaeger.log")),
    ready(`http://${at("prometheus")}/-/ready`, join(folder, "prometheus.log")),
  ]);
  return {
    otlp: `http://${at("http")}`,
    jaeger: `http://${at("jaeger")}`,
    prometheus: `http://${at("prometheus")}`,
    stopCollector: () => ended(collector),
    startCollector: async () => {
      collector = launchCollector();
      await collectorReady();
    },
    stop: async () => {
      await Promise.all([...children].map(ended));
      process.removeListener("exit", killAll);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The committed file names the Collector as Docker does and scrapes at leisure; those two are replaced, nothing else. */
function prometheusConfig(folder: string, target: string, interval: string): string {
  mkdirSync(join(folder, "prometheus"), { recursive: true });
  const text = readFileSync(join(config, "prometheus.yaml"), "utf8")
    .replace("collector:8889", target)
    .replace("scrape_interval: 15s", `scrape_interval: ${interval}`)
    .replace("rules.yaml", join(config, "rules.yaml"));
  const path = join(folder, "prometheus/prometheus.yaml");
  writeFileSync(path, text);
  return path;
}

async function ready(url: string, log: string): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    try {
      if ((await fetch(url)).ok) return;
    } catch {
      // not listening yet
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(
    `${url} did not become ready in 30 s; its log ends:\n${readFileSync(log, "utf8").split("\n").slice(-15).join("\n")}`,
  );
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), 8000);
  await exit;
  clearTimeout(late);
}

const STANDARD = {
  grpc: 4317,
  http: 4318,
  health: 13133,
  jaegerOtlp: 14317,
  jaeger: 16686,
  jaegerGrpc: 16685,
  jaegerHealth: 13134,
  exporter: 8889,
  prometheus: 9090,
};

async function ports(wanted: "standard" | "free"): Promise<typeof STANDARD> {
  if (wanted === "standard") return STANDARD;
  const result = { ...STANDARD };
  const servers = await Promise.all(
    Object.keys(STANDARD).map(async (name) => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      result[name as keyof typeof STANDARD] = (server.address() as { port: number }).port;
      return server;
    }),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return result;
}
