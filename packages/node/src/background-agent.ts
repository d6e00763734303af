import type { Agent as HttpAgent } from "node:http";
import type { Duplex } from "node:stream";

/**
 * Lets the connections of an agent never keep the process alive: a Collector that hangs must not hold back an application that is done.
 * Whoever needs an answer (flush, shutdown) waits for it with a bound of its own. The agent stays what it is, with its certificates.
 */
export function inBackground<T extends HttpAgent>(agent: T): T {
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (...args: Parameters<HttpAgent["createConnection"]>) => unref(connect(...args));
  return agent;
}

function unref<T extends Duplex | null | undefined>(socket: T): T {
  (socket as { unref?: () => void } | null | undefined)?.unref?.();
  return socket;
}
