import { randomBytes } from "node:crypto";
import type { RecordCounts } from "@pitot/core";
import type { ScopeFolder } from "./scope-folder.ts";

/** A process that lives for months must not keep one session for ever. */
const MOST_MS = 3_600_000;
const MOST_BYTES = 64 << 20;

/** The session of a store: the spans and records outside runs, in a folder of its own. One follows another. */
export class StoreSession {
  id: string = newId();
  /** Of its records, once no more follow. */
  #counts: RecordCounts | undefined;

  /** Its records have ended; spans may follow. */
  ended(counts: RecordCounts): void {
    this.#counts = counts;
  }

  get hasEnded(): boolean {
    return this.#counts !== undefined;
  }

  /** Whether it is time for the next. */
  isOver({ bytes, openedMs }: ScopeFolder): boolean {
    return this.hasEnded || bytes > MOST_BYTES || performance.now() - openedMs > MOST_MS;
  }

  /** Another begins. Returns what this one has counted. */
  next(): RecordCounts {
    const counts = this.#counts ?? {};
    this.#counts = undefined;
    this.id = newId();
    return counts;
  }
}

function newId(): string {
  // Threads of one process, and processes of many containers, may begin in the same millisecond with the same process id.
  const [time, chance] = [new Date().toISOString().replace(/[:.]/g, "-"), randomBytes(4).toString("hex")];
  return `${time}-${process.pid}-${chance}`;
}
