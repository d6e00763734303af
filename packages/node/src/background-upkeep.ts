import { diag } from "@opentelemetry/api";
import type { LogRecordExporter } from "@opentelemetry/sdk-logs";
import type { SpanExporter } from "@opentelemetry/sdk-trace";
import { prune, recover, type RetentionLimits } from "@pitot/snapshot";
import { replayOutbox } from "./replay-outbox.ts";
import { replay } from "./replay.ts";

/** What a process does for its snapshot folder beside its own work. */
export interface UpkeepOptions {
  readonly directory: string;
  /** Sends spans that were not delivered before, of the same service; absent where none are exported. */
  readonly exporter?: SpanExporter;
  /** The same of log records. */
  readonly logExporter?: LogRecordExporter;
  /** Whether metrics are sent, also those that wait. */
  readonly metrics: boolean;
  readonly serviceName: string | null;
  readonly retention?: RetentionLimits;
}

const FIRST_MS = 1000;
const AGAIN_MS = 30_000;
const SELDOM_MS = 300_000;
const HOUR_MS = 3_600_000;

/**
 * Recovers what dead processes left behind, sends what they and this one could not deliver, and prunes, beside the pipeline: one request at
 * a time, never keeping the process alive. Looks once after the start, and again after {@link BackgroundUpkeep.wake}, less and less often while
 * the back end is away.
 */
export class BackgroundUpkeep {
  readonly #options: UpkeepOptions;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> | undefined;
  #wait = AGAIN_MS;
  #prunedAt = -Infinity;

  constructor(options: UpkeepOptions) {
    this.#options = options;
    this.#arm(FIRST_MS);
  }

  /** There is something to be sent again. */
  wake(): void {
    this.#arm(this.#wait);
  }

  /** Sends now what can be sent; the last chance of this process. */
  async now(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#working;
    await this.#run();
  }

  /** Ends after the request that is under way. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#stop.abort();
  }

  #arm(ms: number): void {
    if (this.#stop.signal.aborted || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#working = this.#run();
    }, ms).unref();
  }

  async #run(): Promise<void> {
    const { directory, retention } = this.#options;
    try {
      await this.#recover();
      const away = await this.#replay();
      if (retention !== undefined && performance.now() - this.#prunedAt > HOUR_MS) {
        this.#prunedAt = performance.now();
        await prune(directory, retention);
      }
      this.#wait = away ? Math.min(this.#wait * 2, SELDOM_MS) : AGAIN_MS;
      if (away) this.#arm(this.#wait);
      else if (retention !== undefined) this.#arm(HOUR_MS);
    } catch (error) {
      diag.warn(`pitot: the upkeep of ${directory} failed; it is tried again later`, error);
      this.#arm(SELDOM_MS);
    }
  }

  /** Whether something is left that the back end did not take. */
  async #replay(): Promise<boolean> {
    const { directory, exporter, logExporter, metrics, serviceName } = this.#options;
    const { signal } = this.#stop;
    if (exporter !== undefined || logExporter !== undefined) {
      const { scopes } = await replay({
        directory,
        ...(exporter === undefined ? {} : { exporter }),
        ...(logExporter === undefined ? {} : { logExporter }),
        serviceName,
        signal,
        background: true,
      });
      return scopes.some(({ outcome }) => outcome === "undelivered");
    }
    if (!metrics) return false;
    const { waiting, delivered, refused } = await replayOutbox(directory, {
      serviceName,
      signal,
      sends: true,
    });
    return waiting > delivered + refused;
  }

  async #recover(): Promise<void> {
    for (const { outcome, folder, error } of await recover(this.#options.directory))
      if (outcome === "refused" || outcome === "failed")
        diag.warn(
          `pitot: ${folder} is not touched: ${error instanceof Error ? error.message : String(error)}`,
        );
  }
}
