import { context, ROOT_CONTEXT, type Context } from "@opentelemetry/api";
import { registeredApi } from "./registered-api.ts";

let trusted: { active(): Context } | undefined;

/**
 * `context.active()` without what the API does at each call, which costs more than all else of a
 * recorded row. A context manager is asked directly once it was seen to give what the API gives, and as long as it is registered.
 */
export function activeContext(): Context {
  const manager = registeredApi()?.context;
  if (manager === undefined) return ROOT_CONTEXT;
  if (manager === trusted) return manager.active();
  const active = context.active();
  if (manager.active() === active) trusted = manager;
  return active;
}
