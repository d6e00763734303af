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
export declare class MemoryCacheStore implements CacheStore {
    #private;
    /** @param limit entries that are kept; default 1,000 */
    constructor(limit?: number);
    get(key: string): CacheEntry | undefined;
    set(key: string, entry: CacheEntry): void;
}
/**
 * Keeps values in files, for later processes: one per key, in Node's structured-clone format, so that maps, dates and typed arrays come
 * back as they were and instances of classes as plain objects. Files are replaced whole. Only read folders that you trust.
 */
export declare class FileCacheStore implements CacheStore {
    #private;
    /** @throws PitotError IO where the folder cannot be made */
    constructor(directory: string);
    get(key: string): Promise<CacheEntry | undefined>;
    set(key: string, entry: CacheEntry): Promise<void>;
}
/** Whether a store gave what was put into it; a file may be of another program. */
export declare function isCacheEntry(entry: unknown): entry is CacheEntry;
/** The version of a value: equal for equal values of plain data. Undefined for what cannot be cloned, such as a function. */
export declare function dataVersion(value: unknown): string | undefined;
/** The version of a node's code: what it says, or its function's text. What a function calls is not seen. */
export declare function codeVersion(run: (...args: never[]) => unknown, version: string | undefined): string;
/** The key of a value: node, code, and versions of all that it is made of. */
export declare function cacheKey(id: string, code: string, inputs: readonly (readonly [string, string])[]): string;
