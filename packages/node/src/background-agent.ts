import { Agent as HttpAgent, type AgentOptions } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { Duplex } from "node:stream";

/**
 * Makes agents whose connections never keep the process alive: a Collector that hangs must not hold back an application that is done.
 * Whoever needs an answer (flush, shutdown) waits for it with a bound of its own.
 */
export function backgroundAgent(protocol: string): HttpAgent | HttpsAgent {
  return protocol === "https:" ? new BackgroundHttpsAgent(OPTIONS) : new BackgroundHttpAgent(OPTIONS);
}

const OPTIONS: AgentOptions = { keepAlive: true };

class BackgroundHttpAgent extends HttpAgent {
  override createConnection(
    ...args: Parameters<HttpAgent["createConnection"]>
  ): ReturnType<HttpAgent["createConnection"]> {
    return unref(super.createConnection(...args));
  }
}

class BackgroundHttpsAgent extends HttpsAgent {
  override createConnection(
    ...args: Parameters<HttpsAgent["createConnection"]>
  ): ReturnType<HttpsAgent["createConnection"]> {
    return unref(super.createConnection(...args));
  }
}

function unref<T extends Duplex | null | undefined>(socket: T): T {
  (socket as { unref?: () => void } | null | undefined)?.unref?.();
  return socket;
}
