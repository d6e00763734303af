import { cacheKey, dataVersion, isCacheEntry, type CacheEntry, type CacheStore } from "./node-cache.ts";
import type { PipelineNode } from "./pipeline-node.ts";

/** The values of one execution that are kept in a cache. Whatever fails of it costs a computation, never an error. */
export class CachedValues {
  readonly #store: CacheStore;
  readonly #timeoutMs: number;
  readonly #values: ReadonlyMap<string, unknown>;
  readonly #versions = new Map<string, string | undefined>();

  /**
   * @param timeoutMs how long the store may take to answer
   * @param values what there is so far, by name
   */
  constructor(store: CacheStore, timeoutMs: number, values: ReadonlyMap<string, unknown>) {
    this.#store = store;
    this.#timeoutMs = timeoutMs;
    this.#values = values;
  }

  /** The value of a node that needs `names`: from the cache, or computed and put there. Tells the node which. */
  async value(
    node: PipelineNode,
    codeVersion: string,
    names: readonly string[],
    compute: () => unknown,
  ): Promise<unknown> {
    const inputs: [string, string][] = [];
    for (const name of names) {
      const version = this.#version(name);
      if (version === undefined) {
        node.cache({ outcome: "bypassed", codeVersion, reason: `${name} is not plain data` });
        return compute();
      }
      inputs.push([name, version]);
    }
    const key = cacheKey(node.id, codeVersion, inputs);
    const found = await this.#find(key);
    if (typeof found !== "string") {
      this.#versions.set(node.id, found.dataVersion);
      node.cache({
        outcome: "hit",
        key,
        dataVersion: found.dataVersion,
        codeVersion,
        producer: found.producer,
      });
      return found.value;
    }
    const value = await compute();
    const version = dataVersion(value);
    this.#versions.set(node.id, version);
    if (version === undefined)
      node.cache({ outcome: "miss", key, codeVersion, reason: "its value is not plain data" });
    else {
      const entry = { value, dataVersion: version, codeVersion, producer: node.producer };
      const failure = await this.#keep(key, entry);
      const use = { key, dataVersion: version, codeVersion };
      if (failure === undefined) node.cache({ ...use, outcome: "stored", reason: found });
      else node.cache({ ...use, outcome: "failed", reason: failure });
    }
    return value;
  }

  /** The entry, or why there is none. */
  async #find(key: string): Promise<CacheEntry | string> {
    try {
      const found: unknown = await this.#inTime(this.#store.get(key));
      if (isCacheEntry(found)) return found;
      return found === undefined ? "not there" : "the cache gave what is no entry";
    } catch (error) {
      return `the cache cannot be read: ${message(error)}`;
    }
  }

  /** Undefined, or why the entry is not kept. */
  async #keep(key: string, entry: CacheEntry): Promise<string | undefined> {
    try {
      await this.#inTime(this.#store.set(key, entry));
      return undefined;
    } catch (error) {
      return `the cache cannot be written: ${message(error)}`;
    }
  }

  /** What the store answers; an error where it does not. */
  async #inTime<T>(answer: T): Promise<Awaited<T>> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const give = (): void => reject(new Error(`no answer within ${this.#timeoutMs} ms`));
      timer = setTimeout(give, this.#timeoutMs);
    });
    try {
      return await Promise.race([answer, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The version of a value that is there, made when a cached node first needs it. */
  #version(name: string): string | undefined {
    if (!this.#versions.has(name)) this.#versions.set(name, dataVersion(this.#values.get(name)));
    return this.#versions.get(name);
  }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
