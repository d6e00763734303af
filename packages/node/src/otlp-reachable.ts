import { connect } from "node:net";

/** True where an endpoint is named by the environment, or something listens on the default one (127.0.0.1:4318). */
export async function otlpReachable(): Promise<boolean> {
  if (["", "TRACES_", "METRICS_", "LOGS_"].some((of) => process.env[`OTEL_EXPORTER_OTLP_${of}ENDPOINT`]))
    return true;
  return await new Promise((resolve) => {
    const socket = connect({ host: "localhost", port: 4318, timeout: 200 });
    const answer = (reachable: boolean) => (): void => {
      socket.destroy();
      resolve(reachable);
    };
    socket.once("connect", answer(true)).once("error", answer(false)).once("timeout", answer(false));
  });
}
