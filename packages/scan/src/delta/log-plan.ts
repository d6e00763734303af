import type { FragmentPlan, SkippedFile, SkippedFiles, SkipReason } from "../dataset/fragment-source.ts";
import type { DeltaFragment } from "./delta-fragment.ts";
import { lazyList } from "./lazy-list.ts";
import type { TableFiles } from "./table-files.ts";

/** Why a file is left out, as numbers: a plan has one per file of the table. */
export const KEPT = 0;
export const BY_VECTOR = 1;
export const BY_PARTITION = 2;
export const BY_STATISTICS = 3;

const REASONS: readonly (SkipReason | undefined)[] = [
  undefined,
  "deletion_vector",
  "partition",
  "delta_statistics",
];

/** The files of a table that a scan must look at. Those that it need not are numbers until somebody looks at them. */
export class LogPlan implements FragmentPlan {
  readonly fragments: readonly DeltaFragment[];
  readonly skipped: readonly SkippedFile[];
  readonly #files: TableFiles;
  readonly #reasons: Uint8Array;
  #skippedBy: ReadonlyMap<SkipReason, SkippedFiles> | undefined;
  /** The files that are left out, in the table's order. */
  #left: Int32Array | undefined;

  constructor(
    fragments: readonly DeltaFragment[],
    files: TableFiles,
    reasons: Uint8Array,
    fragment: (file: number) => DeltaFragment,
  ) {
    this.fragments = fragments;
    this.#files = files;
    this.#reasons = reasons;
    this.skipped = lazyList(files.length - fragments.length, (i) => {
      const file = (this.#left ??= this.#listSkipped())[i]!;
      return { fragment: fragment(file), reason: REASONS[reasons[file]!]! };
    });
  }

  get skippedBy(): ReadonlyMap<SkipReason, SkippedFiles> {
    return (this.#skippedBy ??= this.#sumSkipped());
  }

  #listSkipped(): Int32Array {
    const left = new Int32Array(this.skipped.length);
    let count = 0;
    for (const [from, to] of this.#files.segments)
      for (let file = from; file < to; file++) if (this.#reasons[file] !== KEPT) left[count++] = file;
    return left;
  }

  #sumSkipped(): ReadonlyMap<SkipReason, SkippedFiles> {
    const files = new Float64Array(REASONS.length);
    const bytes = new Float64Array(REASONS.length);
    for (let file = 0; file < this.#reasons.length; file++) {
      const reason = this.#reasons[file]!;
      files[reason]!++;
      bytes[reason]! += this.#files.size(file);
    }
    return new Map(
      REASONS.flatMap((reason, i) =>
        reason === undefined || files[i] === 0 ? [] : [[reason, { files: files[i]!, bytes: bytes[i]! }]],
      ),
    );
  }
}

/** The files that are kept, in the table's order. */
export function* keptFiles(files: TableFiles, reasons: Uint8Array): Generator<number, void, undefined> {
  const words = new Uint32Array(reasons.buffer, 0, reasons.length >> 2);
  for (const [from, to] of files.segments)
    for (let file = from; file < to; file++) {
      // Most plans leave out nearly all files: four at a time.
      while ((file & 3) === 0 && file + 4 <= to && !hasZero(words[file >> 2]!)) file += 4;
      if (file < to && reasons[file] === KEPT) yield file;
    }
}

function hasZero(word: number): boolean {
  return ((word - 0x01010101) & ~word & 0x80808080) !== 0;
}
