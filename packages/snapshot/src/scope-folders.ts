import type { ScopeInfo } from "@pitot/core";
import { privateFolder } from "./private-file.ts";
import { ScopeFolder, type FolderSettings } from "./scope-folder.ts";

/** The folders that a store has: those that it writes, and those that are compacted and have rows on their way. */
export class ScopeFolders {
  readonly #directory: string;
  readonly #settings: FolderSettings;
  readonly #tell: (error: unknown) => void;
  readonly #written = new Map<string, ScopeFolder>();
  readonly #sending = new Map<string, ScopeFolder>();
  readonly #compacting = new Set<Promise<void>>();

  /** @param tell of what the disk refuses; nothing is thrown */
  constructor(directory: string, settings: FolderSettings, tell: (error: unknown) => void) {
    this.#directory = directory;
    this.#settings = settings;
    this.#tell = tell;
  }

  /** Makes the folder of a run or session; undefined where the disk refuses it. */
  make(scope: ScopeInfo): ScopeFolder | undefined {
    try {
      const path = privateFolder(this.#directory, scope.type === "run" ? "runs" : "session", scope.id);
      const folder = new ScopeFolder(path, scope, this.#settings);
      this.#written.set(scope.id, folder);
      return folder;
    } catch (error) {
      this.#tell(error);
      return undefined;
    }
  }

  /** A folder that is written. */
  get(id: string): ScopeFolder | undefined {
    return this.#written.get(id);
  }

  /** A folder that is written, or has rows on their way. */
  holder(id: string): ScopeFolder | undefined {
    return this.#written.get(id) ?? this.#sending.get(id);
  }

  /** Those that are written. */
  ids(): Iterable<string> {
    return this.#written.keys();
  }

  get size(): number {
    return this.#written.size + this.#sending.size;
  }

  /** Makes what was appended durable, in the background, and gives signs of life. */
  sync(): void {
    for (const folder of this.#written.values()) folder.sync();
    // Whoever cannot ask this process takes silence for its death, and would send what it is sending.
    for (const folder of this.#sending.values()) folder.sync();
  }

  /** Lets go of a folder of which everything is settled. */
  settled(id: string): void {
    if (this.#sending.get(id)?.done === true) this.#sending.delete(id);
  }

  /** Compacts a folder in the background: nothing is written into it any more. */
  compact(id: string): void {
    const folder = this.#written.get(id);
    if (folder === undefined) return;
    this.#written.delete(id);
    this.#sending.set(id, folder);
    const done = folder.compact().catch((error: unknown) => this.#tell(error));
    this.#compacting.add(done);
    void done.then(() => {
      this.#compacting.delete(done);
      this.settled(id);
    });
  }

  /** When all that is being compacted is on disk. */
  async compacted(): Promise<void> {
    await Promise.all(this.#compacting);
  }
}
