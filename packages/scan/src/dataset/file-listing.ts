import type { DataType, Schema } from "apache-arrow";
import type { Predicate } from "../predicate/predicate.ts";
import type { Fragment, FragmentPlan, FragmentSource, SkippedFile } from "./fragment-source.ts";
import { partitionBounds } from "./partition-bounds.ts";
import { requireSignal } from "../require-option.ts";

/** What a listing is made of. */
export interface FileListingOptions {
  readonly location: string;
  readonly schema: Schema;
  readonly partitionTypes: ReadonlyMap<string, DataType>;
  readonly discovery: Readonly<Record<string, unknown>>;
  readonly fragments: readonly Fragment[];
}

/** Parquet files that were listed once. Leaves out files by their partition only: it knows nothing else before their footers are read. */
export class FileListing implements FragmentSource {
  readonly format = "parquet";
  readonly location: string;
  readonly schema: Schema;
  readonly partitionColumns: readonly string[];
  readonly discovery: Readonly<Record<string, unknown>>;
  readonly #fragments: readonly Fragment[];
  readonly #partitionTypes: ReadonlyMap<string, DataType>;

  constructor(options: FileListingOptions) {
    this.location = options.location;
    this.schema = options.schema;
    this.partitionColumns = [...options.partitionTypes.keys()];
    this.discovery = options.discovery;
    this.#fragments = options.fragments;
    this.#partitionTypes = options.partitionTypes;
  }

  async plan(predicate?: Predicate, signal?: AbortSignal): Promise<FragmentPlan> {
    requireSignal(signal);
    signal?.throwIfAborted();
    if (predicate === undefined || this.partitionColumns.length === 0)
      return { fragments: this.#fragments, skipped: [] };
    const fragments: Fragment[] = [];
    const skipped: SkippedFile[] = [];
    for (const fragment of this.#fragments)
      if (this.#canMatch(fragment, predicate)) fragments.push(fragment);
      else skipped.push({ fragment, reason: "partition" });
    return { fragments, skipped };
  }

  #canMatch(fragment: Fragment, predicate: Predicate): boolean {
    // A fragment without the key is never pruned by it.
    return predicate.outcomes((path) => partitionBounds(fragment, this.#partitionTypes, path, 1)).canBeTrue;
  }
}
