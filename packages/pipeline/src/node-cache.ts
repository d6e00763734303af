import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { PitotError } from "@pitot/core";
import type { Producer } from "./pipeline-node.ts";

/** A value that a node made, and who made it. */
export interface CacheEntry {
  readonly value: unknown;
  readonly dataVersion: string;
  readonly codeVersion: string;
  readonly producer: Producer;
}

/** Where a driver keeps values. Whatever fails here costs the pipeline a computation, never an error. */
export interface CacheStore {
  get(key: string): Promise<CacheEntry | undefined> | CacheEntry | undefined;
  set(key: string, entry: CacheEntry): Promise<void> | void;
}

/** Keeps the values used last, as they are: whoever changes a value changes it for all. */
export class MemoryCacheStore implements CacheStore {
  readonly #entries = new Map<string, CacheEntry>();
  readonly #limit: number;

  /** @param limit entries that are kept; default 1,000 */
  constructor(limit: number = 1000) {
    if (!Number.isSafeInteger(limit) || limit < 1)
      throw new PitotError("INVALID_ARGUMENT", "A cache keeps a whole number of entries", {
        value: limit,
        remedy: "Give 1 or more.",
      });
    this.#limit = limit;
  }

  get(key: string): CacheEntry | undefined {
    const entry = this.#entries.get(key);
    if (entry !== undefined) {
      this.#entries.delete(key);
      this.#entries.set(key, entry);
    }
    return entry;
  }

  set(key: string, entry: CacheEntry): void {
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (this.#entries.size > this.#limit) this.#entries.delete(this.#entries.keys().next().value!);
  }
}

/**
 * Keeps values in files, for later processes: one per key, in Node's structured-clone format, so that maps, dates and typed arrays come
 * back as they were and instances of classes as plain objects. Files are replaced whole. Only read folders that you trust.
 */
export class FileCacheStore implements CacheStore {
  readonly #directory: string;

  /** @throws PitotError IO where the folder cannot be made */
  constructor(directory: string) {
    this.#directory = directory;
    try {
      mkdirSync(directory, { recursive: true });
    } catch (cause) {
      throw new PitotError("IO", "The cache's folder cannot be made", {
        value: directory,
        remedy: "Name a folder that can be written.",
        cause,
      });
    }
  }

  async get(key: string): Promise<CacheEntry | undefined> {
    let bytes: Buffer;
    try {
      bytes = await readFile(this.#file(key));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
    return deserialize(bytes) as CacheEntry;
  }

  async set(key: string, entry: CacheEntry): Promise<void> {
    const file = this.#file(key);
    const temporary = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
    try {
      await mkdir(this.#directory, { recursive: true });
      await writeFile(temporary, serialize(entry));
      await rename(temporary, file);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  #file(key: string): string {
    return join(this.#directory, `${key}.v8`);
  }
}

/** Whether a store gave what was put into it; a file may be of another program. */
export function isCacheEntry(entry: unknown): entry is CacheEntry {
  if (typeof entry !== "object" || entry === null || !("value" in entry)) return false;
  const { dataVersion: data, codeVersion: code, producer } = entry as Partial<CacheEntry>;
  return (
    typeof data === "string" && typeof code === "string" && typeof producer === "object" && producer !== null
  );
}

/** The version of a value: equal for equal values of plain data. Undefined for what cannot be cloned, such as a function. */
export function dataVersion(value: unknown): string | undefined {
  try {
    return createHash("sha256").update(serialize(value)).digest("hex");
  } catch {
    return undefined;
  }
}

/** The version of a node's code: what it says, or its function's text. What a function calls is not seen. */
export function codeVersion(run: (...args: never[]) => unknown, version: string | undefined): string {
  return createHash("sha256")
    .update(version === undefined ? `code:${run.toString()}` : `version:${version}`)
    .digest("hex");
}

/** The key of a value: node, code, and versions of all that it is made of. */
export function cacheKey(id: string, code: string, inputs: readonly (readonly [string, string])[]): string {
  return createHash("sha256")
    .update(JSON.stringify([id, code, inputs]))
    .digest("hex");
}
