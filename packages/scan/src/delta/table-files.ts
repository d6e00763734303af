import type { CheckpointAdds } from "./checkpoint-adds.ts";
import type { ExactObject } from "./exact-json.ts";
import { keyHash } from "./file-keys.ts";
import { fileKey, type AddFile, type DeletionVectorDescriptor } from "./log-actions.ts";
import type { LogPlace } from "./log-error.ts";
import { PartitionDictionary } from "./partition-dictionary.ts";
import { TextColumn, grown } from "./text-column.ts";
import type { PageTexts, TextPages } from "./text-pages.ts";

/** Decides whether a file is in the table: by the bytes of its key, which must not change any more. */
export type DecideFile = (
  bytes: Uint8Array,
  start: number,
  length: number,
  hash: number,
  place: () => LogPlace,
) => boolean;

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
  /** Files whose path is not simply one below the table's folder. */
  readonly odd: number[] = [];
  #size = new Float64Array(16);
  #partition = new Int32Array(16);
  #source = new Int32Array(16);
  #entry = new Int32Array(16);
  /** Where each commit's files begin, newest commit first. */
  readonly #commits: number[] = [];
  #order: Int32Array | undefined;
  #length = 0;

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

  /** What follows is of another commit, an older one. */
  beginCommit(): void {
    this.#commits.push(this.#length);
  }

  add(file: AddFile): void {
    const { stats } = file;
    const i = this.#push(file.size, this.#dictionary.codeOf(file.partitionValues), file.deletionVector);
    this.#paths.push(file.path);
    if (isOdd(this.#paths.slabOf(i), this.#paths.startOf(i), this.#paths.endOf(i))) this.odd.push(i);
    if (typeof stats === "string") {
      this.#source[i] = TEXT;
      this.#entry[i] = this.#texts.push(stats);
    } else if (stats !== undefined) this.#parsed.set(i, stats);
  }

  /** Adds those of a checkpoint's files that are in the table. */
  addAll(files: CheckpointAdds, decide: DecideFile): void {
    const source = files.stats === undefined ? NONE : this.#pages.push(files.stats);
    let bytes: Uint8Array | undefined;
    let slab = -1;
    files.visit(this.#dictionary, (add) => {
      const { row, start, length, deletionVector } = add;
      if (add.bytes !== bytes) {
        bytes = add.bytes;
        slab = this.#paths.adopt(bytes);
      }
      const place = (): LogPlace => add.place(row);
      const odd = isOdd(bytes, start, start + length);
      let isNew: boolean;
      if (odd || deletionVector !== undefined) {
        const path = Buffer.from(bytes.buffer, bytes.byteOffset + start, length).toString("utf8");
        const key = Buffer.from(fileKey({ path, deletionVector }));
        isNew = decide(key, 0, key.length, keyHash(key, 0, key.length), place);
      } else isNew = decide(bytes, start, length, keyHash(bytes, start, length), place);
      if (!isNew) return;
      const i = this.#push(add.size, add.partition(), deletionVector);
      this.#paths.pushIn(slab, start, length);
      if (odd) this.odd.push(i);
      this.#source[i] = source;
      this.#entry[i] = row;
    });
    files.paths.rest();
    files.stats?.rest();
  }

  /** All files are there. */
  finish(): this {
    if (this.#commits.length > 1) {
      this.#order = new Int32Array(this.#length);
      let at = 0;
      let end = this.#length;
      for (const start of this.#commits.toReversed()) {
        for (let i = start; i < end; i++) this.#order[at++] = i;
        end = start;
      }
    }
    return this;
  }

  /** The file at a place of the table's order, oldest commit first. */
  at(place: number): number {
    return this.#order === undefined ? place : this.#order[place]!;
  }

  path(file: number): string {
    return this.#paths.text(file);
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
    const { first, bytes, starts, lengths } = this.#pages[source - 1]!.page(entry);
    const length = lengths[entry - first]!;
    if (length <= 0) return undefined;
    return Buffer.from(bytes.buffer, bytes.byteOffset + starts[entry - first]!, length).toString("utf8");
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
    if (i === this.#size.length) {
      this.#size = grown(this.#size);
      this.#partition = grown(this.#partition);
      this.#source = grown(this.#source);
      this.#entry = grown(this.#entry);
    }
    this.#size[i] = size;
    this.#partition[i] = partition;
    this.#source[i] = NONE;
    if (vector !== undefined) this.#vectors.set(i, vector);
    return i;
  }
}

/** Whether a path may be anything but one below the table: escaped, with a scheme, absolute, or with a part that begins with a dot. */
function isOdd(bytes: Uint8Array, start: number, end: number): boolean {
  let before = 47;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if (before === 47 && (byte === 47 || byte === 46)) return true;
    if (byte === 37 || byte === 58 || byte === 92 || byte === 0) return true;
    before = byte;
  }
  return before === 47;
}
