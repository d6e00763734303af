// `npm run backends`: Collector, Jaeger and Prometheus on their standard ports, until Ctrl-C.
import { buildBackends } from "./build-backends.ts";
import { startBackends } from "./start-backends.ts";

if (process.argv.includes("--build-only")) buildBackends();
else {
  const backends = await startBackends({ ports: "standard", scrapeInterval: "5s" });
  console.log(
    `OTLP        ${backends.otlp}\nJaeger API  ${backends.jaeger}/api/services\nPrometheus  ${backends.prometheus}\n\nCtrl-C ends them.`,
  );
  const stop = (): void => void backends.stop().then(() => process.exit(0));
  process.once("SIGINT", stop).once("SIGTERM", stop);
}
