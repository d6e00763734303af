import { PitotError } from "@pitot/core";
import type { DriverNode, DriverOptions } from "./driver.ts";

/**
 * Checks what a driver is made of; `planNodes` checks how its nodes hang together.
 * @throws PitotError INVALID_CONFIGURATION for a bound out of range, a node without a function, and a name that a node cannot have
 */
export function checkDriver(
  nodes: ReadonlyMap<string, DriverNode>,
  config: Readonly<Record<string, unknown>>,
  { concurrency, cacheTimeoutMs }: DriverOptions,
): void {
  if (cacheTimeoutMs !== undefined && !(cacheTimeoutMs > 0 && cacheTimeoutMs < 2 ** 31))
    throw new PitotError("INVALID_CONFIGURATION", "cacheTimeoutMs is not a time in ms above 0", {
      value: cacheTimeoutMs,
      remedy: "Give how long a cache may take to answer, in ms, at most 2147483647.",
    });
  if (concurrency !== undefined && !(Number.isSafeInteger(concurrency) && concurrency > 0))
    throw new PitotError("INVALID_CONFIGURATION", "concurrency is not a whole number of 1 or more", {
      value: concurrency,
      remedy: "Give the number of nodes that may run at once.",
    });
  for (const [id, node] of nodes) {
    if (id === "" || id === "__proto__")
      throw new PitotError("INVALID_CONFIGURATION", "A node cannot have this name", {
        value: id,
        remedy: "Name it otherwise.",
      });
    if (typeof node.run !== "function")
      throw new PitotError("INVALID_CONFIGURATION", "A node has no function", {
        value: id,
        remedy: "Give it a run function.",
      });
    if (Object.hasOwn(config, id))
      throw new PitotError(
        "INVALID_CONFIGURATION",
        "A name is both a node and a value of the configuration",
        { value: id, remedy: "Rename one of them." },
      );
  }
}
