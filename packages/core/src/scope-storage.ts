import type { Accounting } from "./accounting.ts";
import { guarded, reportOnce } from "./internal/report-once.ts";
import type { RecordBatch, RecordKind } from "./record-batch.ts";
import type { RecordBuffer } from "./record-buffer.ts";
import type { RecordTarget, ScopeInfo, ScopeWriter } from "./record-target.ts";
import type { RunPayload } from "./run-payload.ts";

/** The storage side of a scope: hands batches to the writers, and counts what they refuse. */
export class ScopeStorage {
  readonly #id: string;
  readonly #writers: readonly ScopeWriter[];
  readonly #accounting: Accounting;

  constructor(scope: ScopeInfo, targets: readonly RecordTarget[], accounting: Accounting) {
    const writers: ScopeWriter[] = [];
    for (const target of targets)
      guarded("snapshot.open", () => {
        const writer = target.open(scope);
        if (writer !== undefined) writers.push(writer);
      });
    this.#id = scope.id;
    this.#writers = writers;
    this.#accounting = accounting;
  }

  /** False where records are kept nowhere. */
  get present(): boolean {
    return this.#writers.length > 0;
  }

  /** Where the first writer keeps them. */
  get uri(): string | undefined {
    return this.#writers[0]?.uri;
  }

  /** Writes what a buffer holds. See {@link ScopeStorage.write}. */
  drain(kind: RecordKind, buffer: RecordBuffer): number {
    if (buffer.length === 0) return 0;
    const { length, columns } = buffer.take();
    return this.write({ kind, length, columns });
  }

  /** Returns how many rows were refused, and are counted as dropped: all or none. */
  write(batch: RecordBatch): number {
    let refused = 0;
    for (const writer of this.#writers) if (!this.#takes(writer, batch)) refused = batch.length;
    this.#accounting.add(batch.kind, "dropped", refused);
    return refused;
  }

  #takes(writer: ScopeWriter, batch: RecordBatch): boolean {
    try {
      return writer.write(batch) !== false;
    } catch (error) {
      reportOnce(
        `snapshot:${this.#id}`,
        "the snapshot cannot be written; the pipeline goes on, the counters say how much is missing",
        error,
      );
      return false;
    }
  }

  /** The run has ended. */
  finish(run: RunPayload | undefined): void {
    for (const writer of this.#writers)
      guarded("snapshot.finish", () => writer.finish(run, this.#accounting.snapshot()));
  }
}
