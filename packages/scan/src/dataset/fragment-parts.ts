import type { Scalar } from "../parquet/column-bounds.ts";
import type { RangeSource } from "../io/range-source.ts";
import { sameFile } from "./footer-cache.ts";
import type { Fragment } from "./fragment-source.ts";
import { partitionExpression } from "./hive-partitions.ts";

/** What a fragment of a listing is made of. */
export interface FileFragmentOptions {
  readonly path: string;
  readonly location: string;
  readonly byteLength?: number | undefined;
  readonly partition?: ReadonlyMap<string, Scalar | null>;
  open(): Promise<RangeSource>;
}

/** A whole file as a fragment. */
export function fileFragment(options: FileFragmentOptions): Fragment {
  const partition = options.partition ?? new Map();
  return {
    path: options.path,
    location: options.location,
    byteLength: options.byteLength,
    partition,
    partitionExpression: partitionExpression(partition),
    rowGroups: undefined,
    open: () => options.open(),
  };
}

/** The same file, some of its row groups. Written out, so that fragments may be instances of classes. */
export function withRowGroups(fragment: Fragment, rowGroups: readonly number[]): Fragment {
  const { columnNames, statistics, rows } = fragment;
  return sameFile(
    {
      path: fragment.path,
      location: fragment.location,
      byteLength: fragment.byteLength,
      partition: fragment.partition,
      partitionExpression: fragment.partitionExpression,
      rowGroups: [...rowGroups],
      ...(columnNames !== undefined && { columnNames }),
      ...(statistics !== undefined && { statistics }),
      ...(rows !== undefined && { rows }),
      ...(fragment.deletedRows !== undefined && { deletedRows: () => fragment.deletedRows!() }),
      open: () => fragment.open(),
    },
    fragment,
  );
}
