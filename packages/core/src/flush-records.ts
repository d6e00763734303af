import { guarded } from "./internal/report-once.ts";
import { aliveScopes } from "./live-run.ts";
import { session } from "./session.ts";

/** Hands what runs under way and the session still have in memory to storage, ahead of the flush interval. Synchronous, never throws. */
export function flushRecords(): void {
  for (const scope of aliveScopes()) guarded("flush", () => scope.flush());
  session.flush();
}
