import type { CheckpointAdds } from "./checkpoint-adds.ts";
import type { ExactObject } from "./exact-json.ts";
import { keyHash, MOST_ROOM } from "./file-keys.ts";
import { fileKey, type AddFile, type DeletionVectorDescriptor } from "./log-actions.ts";
import type { LogPlace } from "./log-error.ts";
import { PartitionDictionary } from "./partition-dictionary.ts";
import { TextColumn, enlarged } from "./text-column.ts";
import type { PageTexts, TextPages } from "./text-pages.ts";

/** Decides whether a file is in the table: by the bytes of its key, which must not change any more. */
export type DecideFile = (
  bytes: Uint8Array,
  start: number,
  length: number,
  hash: number,
  place: () => LogPlace,
) => boolean;

/** Looks at a path that may lead out of the table. */
export type CheckPath = (path: string, place: () => LogPlace) => void;

/** Gets the JSON of one file's statistics: bytes from `start` to `end`. */
export type VisitStatistics = (file: number, bytes: Uint8Array, start: number, end: number) => void;

/** Files that have no statistics, and that have them as text of a commit; those above are of a checkpoint's chunk. */
const NONE = -1;
const TEXT = 0;

/**
 * The files of a table by column: some tens of bytes each beside path and statistics, and no object. Statistics of a checkpoint
 * stay compressed.
 */
export class TableFiles {
  readonly #paths = new TextColumn();
  readonly #texts = new TextColumn();
  readonly #pages: TextPages[] = [];
  readonly #parsed = new Map<number, ExactObject>();
  readonly #vectors = new Map<number, DeletionVectorDescriptor>();
  readonly #dictionary = new PartitionDictionary();
  readonly #odd = new Set<number>();
  readonly #checkPath: CheckPath;
  #size = new Float64Array(16);
  #partition = new Int32Array(16);
  #source = new Int32Array(16);
  #entry = new Int32Array(16);
  /** Where each commit's files begin, newest commit first. */
  readonly #commits: number[] = [];
  #length = 0;

  constructor(checkPath: CheckPath) {
    this.#checkPath = checkPath;
  }

  get length(): number {
    return this.#length;
  }

  /** Sum of the files' sizes. */
  get bytes(): number {
    let sum = 0;
    for (let i = 0; i < this.#length; i++) sum += this.#size[i]!;
    return sum;
  }

  /** The distinct partitions; a file's is at its code. */
  get partitions(): readonly Readonly<Record<string, string | null>>[] {
    return this.#dictionary.values;
  }

  get partitionCodes(): Int32Array {
    return this.#partition.subarray(0, this.#length);
  }

  /** The partition of a file. */
  partitionCode(file: number): number {
    return this.#partition[file]!;
  }

  /** What follows is of another commit, an older one. */
  beginCommit(): void {
    this.#commits.push(this.#length);
  }

  add(file: AddFile, place: LogPlace): void {
    const { stats } = file;
    const i = this.#push(file.size, this.#dictionary.codeOf(file.partitionValues), file.deletionVector);
    this.#paths.push(file.path);
    const start = this.#paths.startOf(i);
    if (keyHash(this.#paths.slabOf(i), start, this.#paths.endOf(i) - start) < 0) {
      this.#checkPath(file.path, () => place);
      this.#odd.add(i);
    }
    if (typeof stats === "string") {
      this.#source[i] = TEXT;
      this.#entry[i] = this.#texts.push(stats);
    } else if (stats !== undefined) this.#parsed.set(i, stats);
  }

  /** Adds those of a checkpoint's files that are in the table. */
  addAll(files: CheckpointAdds, decide: DecideFile): void {
    const { paths, stats, rows, hasVectors } = files;
    const source = stats === undefined ? NONE : this.#pages.push(stats);
    const room = Math.min(files.fileRows, MOST_ROOM);
    this.#paths.reserve(room);
    this.#reserve(room);
    let page: PageTexts | undefined;
    let slab = -1;
    let row = 0;
    const place = (): LogPlace => files.place(row);
    for (; row < rows; row++) {
      if (page === undefined || row >= page.end) {
        page = paths.page(row);
        slab = this.#paths.adopt(page.bytes);
      }
      const { bytes, first } = page;
      const length = page.lengths[row - first]!;
      // A row without path is of another action.
      if (length < 0) continue;
      const start = page.starts[row - first]!;
      const vector = hasVectors ? files.deletionVector(row) : undefined;
      const hash = keyHash(bytes, start, length);
      let isNew: boolean;
      if (hash < 0 || vector !== undefined) {
        const key = Buffer.from(fileKey({ path: files.path(row), deletionVector: vector }));
        isNew = decide(key, 0, key.length, keyHash(key, 0, key.length), place);
      } else isNew = decide(bytes, start, length, hash, place);
      if (!isNew) continue;
      const i = this.#push(files.size(row), files.partition(row, this.#dictionary), vector);
      this.#paths.pushIn(slab, start, length);
      if (hash < 0) {
        this.#checkPath(files.path(row), place);
        this.#odd.add(i);
      }
      this.#source[i] = source;
      this.#entry[i] = row;
    }
    paths.rest();
    stats?.rest();
  }

  /** Where files of one commit lie, each from a place to another; oldest commit first, which is the table's order. */
  get segments(): readonly (readonly [from: number, to: number])[] {
    return this.#commits.map((from, i) => [from, this.#commits[i + 1] ?? this.#length] as const).toReversed();
  }

  path(file: number): string {
    return this.#paths.text(file);
  }

  /** Files whose path must be resolved, as it may not be simply one below the table's folder. */
  get odd(): ReadonlySet<number> {
    return this.#odd;
  }

  size(file: number): number {
    return this.#size[file]!;
  }

  deletionVector(file: number): DeletionVectorDescriptor | undefined {
    return this.#vectors.size === 0 ? undefined : this.#vectors.get(file);
  }

  /** Files with a deletion vector. */
  get vectors(): ReadonlyMap<number, DeletionVectorDescriptor> {
    return this.#vectors;
  }

  /** Statistics of files that a checkpoint keeps as columns alone. */
  get parsed(): ReadonlyMap<number, ExactObject> {
    return this.#parsed;
  }

  /** JSON, as the log has it; or the same as an object, from a checkpoint that keeps no JSON. */
  stats(file: number): string | ExactObject | undefined {
    const source = this.#source[file]!;
    const entry = this.#entry[file]!;
    if (source === NONE) return this.#parsed.get(file);
    if (source === TEXT) return this.#texts.text(entry);
    // Empty text tells nothing.
    return this.#pages[source - 1]!.text(entry) || undefined;
  }

  /** Statistics that are JSON, of files `from` to `to`, in the order that the log was read. */
  visitStatistics(from: number, to: number, visit: VisitStatistics): void {
    let pages: TextPages | undefined;
    let page: PageTexts | undefined;
    for (let i = from; i < Math.min(to, this.#length); i++) {
      const source = this.#source[i]!;
      const entry = this.#entry[i]!;
      if (source === NONE) continue;
      if (source === TEXT) {
        visit(i, this.#texts.slabOf(entry), this.#texts.startOf(entry), this.#texts.endOf(entry));
        continue;
      }
      const own = this.#pages[source - 1]!;
      if (own !== pages) {
        pages?.rest();
        pages = own;
        page = undefined;
      }
      if (page === undefined || entry >= page.end) page = own.page(entry);
      const length = page.lengths[entry - page.first]!;
      const start = page.starts[entry - page.first]!;
      if (length > 0) visit(i, page.bytes, start, start + length);
    }
  }

  /** Forgets what is unpacked. */
  rest(): void {
    for (const pages of this.#pages) pages.rest();
  }

  #push(size: number, partition: number, vector: DeletionVectorDescriptor | undefined): number {
    const i = this.#length++;
    if (i === this.#size.length) this.#reserve(i * 2);
    this.#size[i] = size;
    this.#partition[i] = partition;
    this.#source[i] = NONE;
    if (vector !== undefined) this.#vectors.set(i, vector);
    return i;
  }

  #reserve(room: number): void {
    if (room <= this.#size.length) return;
    this.#size = enlarged(this.#size, room);
    this.#partition = enlarged(this.#partition, room);
    this.#source = enlarged(this.#source, room);
    this.#entry = enlarged(this.#entry, room);
  }
}
