import { createHash } from "node:crypto";
import { open, type FileHandle } from "node:fs/promises";

const HOLD_BYTES = 256 << 10;

/** A new file that is written in order, small parts together, and whose length and SHA-256 are known at the end. */
export class DigestedFile {
  bytes = 0;
  readonly #file: FileHandle;
  readonly #hash = createHash("sha256");
  #held: Uint8Array[] = [];
  #heldBytes = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** @throws what the file system throws, EEXIST among it */
  static async create(path: string): Promise<DigestedFile> {
    return new DigestedFile(await open(path, "wx", 0o600));
  }

  /** Appends bytes, which have to stand until {@link DigestedFile.finish}. */
  async write(part: Uint8Array): Promise<void> {
    if (this.#heldBytes + part.length > HOLD_BYTES) await this.#flush();
    this.#held.push(part);
    this.#heldBytes += part.length;
    this.bytes += part.length;
  }

  /** Everything is on the disk itself. @returns SHA-256, in hex */
  async finish(): Promise<string> {
    await this.#flush();
    await this.#file.sync();
    return this.#hash.digest("hex");
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #flush(): Promise<void> {
    if (this.#heldBytes === 0) return;
    const bytes = this.#held.length === 1 ? this.#held[0]! : Buffer.concat(this.#held);
    this.#held = [];
    this.#heldBytes = 0;
    this.#hash.update(bytes);
    await this.#file.writeFile(bytes);
  }
}
