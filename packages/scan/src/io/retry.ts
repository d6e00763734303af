import { setTimeout as delay } from "node:timers/promises";

/** A failure that may pass: a dropped connection, an overloaded server. */
export class PassingFailure extends Error {
  /** What to throw when it did not pass. */
  readonly error: Error;
  /** How long the server wants to be left alone, in ms. */
  readonly waitMs: number | undefined;

  constructor(error: Error, waitMs?: number) {
    super(error.message, { cause: error });
    this.error = error;
    this.waitMs = waitMs;
  }
}

const ATTEMPTS = 3;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;

/** Tries `work` up to three times while it throws a {@link PassingFailure}; waits between longer each time, or as long as the server asks, up to 5 s. */
export async function retry<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof PassingFailure)) throw error;
      if (attempt === ATTEMPTS) throw error.error;
      // A random part keeps many readers of one server from coming back at once.
      const wait = error.waitMs ?? FIRST_WAIT_MS * 4 ** (attempt - 1) * (0.5 + Math.random());
      try {
        await delay(Math.min(wait, LONGEST_WAIT_MS), undefined, { ...(signal !== undefined && { signal }) });
      } finally {
        // The reason that was given, not the timer's own error.
        signal?.throwIfAborted();
      }
    }
  }
}
