import type { RangeSource } from "../io/range-source.ts";
import { type ParquetFooter, type ReadFooterOptions } from "./read-footer.ts";
/** How to read many footers. */
export interface ReadFootersOptions extends ReadFooterOptions {
    /** Files that are read at once; 16 by default. */
    readonly concurrency?: number;
}
/**
 * Footers of many files, in their order. The first failure cancels the rest and is thrown, and so does `signal`.
 *
 * The result holds every footer: to sum over 10,000 files, read them one by one as {@link readFooter} and keep the sums.
 */
export declare function readFooters(sources: readonly RangeSource[], options?: ReadFootersOptions): Promise<ParquetFooter[]>;
