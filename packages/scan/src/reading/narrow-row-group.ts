// What statistics leave open, bloom filters may close, and page indexes may narrow. Both cost a request, so they are asked only where they are small
// against what reading would cost.
import { PitotError } from "@pitot/core";
import type { FileFooter } from "../dataset/file-footer.ts";
import type { Fragment } from "../dataset/fragment-source.ts";
import type { PlannedFragment, PlannedRowGroup } from "../dataset/plan-fragments.ts";
import type { RangeSource } from "../io/range-source.ts";
import { readBloomFilter, type BloomFilter } from "../parquet/bloom-filter.ts";
import type { LeafColumn } from "../parquet/leaf-column.ts";
import { readPageIndex, type PageBounds } from "../parquet/page-index.ts";
import { isCertain } from "../predicate/outcomes.ts";
import type { BoundsOf } from "../predicate/predicate.ts";
import { fewRanges, type RowRange } from "./row-ranges.ts";
import type { KnownPages } from "./selected-pages.ts";
import type { ReadOptions } from "./row-group-reader.ts";

/** Rows of a row group that are read. */
export interface NarrowedRows {
  /** In order; none where no row may match. */
  readonly ranges: readonly RowRange[];
  /** Whether all of them match, for sure. */
  readonly certain: boolean;
  /** The pages of chunks whose indexes were read for it, by the places of their leaves. */
  readonly pages: KnownPages;
}

/**
 * The rows of a row group whose pages may have a match.
 * @param wanted - Places of the chunks that would be read.
 */
export async function narrowRowGroup(
  source: RangeSource,
  { fragment, footer }: PlannedFragment,
  { index, rows }: PlannedRowGroup,
  wanted: readonly number[],
  { dataset, predicate, meter, signal }: ReadOptions,
): Promise<NarrowedRows> {
  const all = { ranges: [{ start: 0, end: rows }], certain: false, pages: NO_PAGES };
  if (predicate === undefined) return { ...all, certain: true };
  const group = footer.rowGroup(index);
  const base = footer.bounds(index, fragment, dataset);
  const bytes = wanted.reduce((sum, leaf) => sum + (group.columns[leaf]?.totalCompressedSize ?? 0), 0);
  const leaves = predicate.columns.flatMap((path) => leafOf(path, fragment, footer) ?? []);
  try {
    const filters = await bloomFilters(
      source,
      leaves,
      index,
      footer,
      base,
      predicate.outcomes.bind(predicate),
      bytes,
      signal,
    );
    const filtered: BoundsOf = (path) => {
      const known = base(path);
      const filter = filters.get(path);
      return known === undefined || filter === undefined
        ? known
        : { ...known, mightContain: (value) => filter.mightContain(value) };
    };
    if (!predicate.outcomes(filtered).canBeTrue) {
      meter.rowGroupsSkippedBy.bloom_filter++;
      return { ranges: [], certain: false, pages: NO_PAGES };
    }
    const indexed = await pageIndexes(source, leaves, index, footer, bytes, signal);
    if (indexed.size === 0) return all;
    const narrowed = pageRanges(indexed, rows, filtered, (bounds) => predicate.outcomes(bounds));
    for (const { pages } of indexed.values()) {
      const read = pages.filter(({ firstRow, bounds }) =>
        narrowed.ranges.some(({ start, end }) => firstRow < end && firstRow + bounds.rows > start),
      ).length;
      meter.pagesRead += read;
      meter.pagesSkipped += pages.length - read;
    }
    if (narrowed.ranges.length === 0) meter.rowGroupsSkippedBy.page_index++;
    return narrowed;
  } catch (error) {
    if (!(error instanceof PitotError) || error.code !== "INVALID_DATA") throw error;
    // Indexes are only a help: what is wrong with them is no reason not to read the data, but one to tell.
    meter.brokenIndexes++;
    return all;
  }
}

interface IndexedLeaf {
  readonly leaf: LeafColumn;
  readonly pages: readonly PageBounds[];
}

const NO_PAGES: KnownPages = new Map();

interface PathLeaf {
  readonly path: string;
  readonly leaf: LeafColumn;
}

function leafOf(path: string, fragment: Fragment, footer: FileFooter): PathLeaf | undefined {
  if (fragment.partition.has(path)) return undefined;
  const leaf = footer.leaf(fragment.columnNames?.get(path) ?? path);
  return leaf === undefined || leaf.maxRep > 0 ? undefined : { path, leaf };
}

/** The filters of the columns that the predicate asks for single values. */
async function bloomFilters(
  source: RangeSource,
  leaves: readonly PathLeaf[],
  index: number,
  footer: FileFooter,
  base: BoundsOf,
  outcomes: (bounds: BoundsOf) => unknown,
  bytes: number,
  signal: AbortSignal | undefined,
): Promise<Map<string, BloomFilter>> {
  const asked = new Set<string>();
  outcomes((path) => {
    const known = base(path);
    if (known === undefined) return undefined;
    return {
      ...known,
      mightContain: () => {
        asked.add(path);
        return true;
      },
    };
  });
  const filters = new Map<string, BloomFilter>();
  for (const { path, leaf } of leaves) {
    const chunk = footer.rowGroup(index).columns[leaf.index];
    if (chunk?.bloomFilterOffset === undefined || !asked.has(path)) continue;
    if ((chunk.bloomFilterLength ?? 0) * 2 > bytes) continue;
    const filter = await readBloomFilter(source, chunk, leaf, signal);
    if (filter !== undefined) filters.set(path, filter);
  }
  return filters;
}

async function pageIndexes(
  source: RangeSource,
  leaves: readonly PathLeaf[],
  index: number,
  footer: FileFooter,
  bytes: number,
  signal: AbortSignal | undefined,
): Promise<Map<string, IndexedLeaf>> {
  const indexed = new Map<string, IndexedLeaf>();
  for (const { path, leaf } of leaves) {
    const { columnIndexLength, offsetIndexLength } = footer.rowGroup(index).columns[leaf.index]!;
    if (columnIndexLength === undefined || offsetIndexLength === undefined) continue;
    if ((columnIndexLength + offsetIndexLength) * 4 > bytes) continue;
    const read = await readPageIndex(source, footer.metadata, index, leaf, signal);
    if (read !== undefined && read.pages.length > 1) indexed.set(path, { leaf, pages: read.pages });
  }
  return indexed;
}

/** Pages of different columns end at different rows: each stretch between two such ends is judged by the pages that it lies in. */
function pageRanges(
  indexed: ReadonlyMap<string, IndexedLeaf>,
  rows: number,
  base: BoundsOf,
  outcomes: (bounds: BoundsOf) => { canBeTrue: boolean; canBeFalse: boolean; canBeNull: boolean },
): NarrowedRows {
  const starts = [
    ...new Set([...indexed.values()].flatMap(({ pages }) => pages.map(({ firstRow }) => firstRow))),
  ].sort((a, b) => a - b);
  const at = new Map([...indexed.keys()].map((path) => [path, 0]));
  const ranges: { start: number; end: number }[] = [];
  let certain = true;
  starts.forEach((first, i) => {
    for (const [path, { pages }] of indexed) {
      let page = at.get(path)!;
      while ((pages[page + 1]?.firstRow ?? Infinity) <= first) page++;
      at.set(path, page);
    }
    const judged = outcomes((path) => {
      const known = base(path);
      const page = indexed.get(path)?.pages[at.get(path) ?? 0];
      return known === undefined || page === undefined ? known : { ...known, bounds: page.bounds };
    });
    if (!judged.canBeTrue) return;
    certain &&= isCertain(judged);
    const last = ranges.at(-1);
    const end = starts[i + 1] ?? rows;
    if (last?.end === first) last.end = end;
    else ranges.push({ start: first, end });
  });
  const few = fewRanges(ranges);
  // Rows that are taken along do not match.
  return {
    ranges: few,
    certain: certain && few.length === ranges.length,
    pages: new Map(Array.from(indexed.values(), ({ leaf, pages }) => [leaf.index, pages])),
  };
}
