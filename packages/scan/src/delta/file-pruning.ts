import type { DataType } from "apache-arrow";
import { partitionBounds } from "../dataset/partition-bounds.ts";
import type { Scalar } from "../parquet/column-bounds.ts";
import { boundsSlice, CAN_BE_TRUE, type BoundsColumn, type ManyBounds } from "../predicate/bounds-columns.ts";
import type { KnownColumn, Predicate } from "../predicate/predicate.ts";
import { BY_PARTITION, BY_STATISTICS, BY_VECTOR, KEPT } from "./log-plan.ts";
import { LogStatistics } from "./log-statistics.ts";
import { BLOCK, StatisticsColumns } from "./statistics-columns.ts";
import type { TableFiles } from "./table-files.ts";
import type { TableLeaf, TableSchema } from "./table-schema.ts";

/** Files that are judged before others get their turn: at once, and one by one. */
const MANY = 1 << 17;
const TURN = 8192;

type Partition = ReadonlyMap<string, Scalar | null>;
type Turn = () => Promise<void>;

/** Finds the files of a table that a predicate leaves out, from its log alone. */
export class FilePruning {
  readonly #files: TableFiles;
  readonly #schema: TableSchema;
  readonly #partitions: readonly Partition[];
  readonly #types: ReadonlyMap<string, DataType>;
  /** What the log says of the files, for columns that predicates asked for. */
  readonly #statistics: StatisticsColumns;
  /** Files whose rows are all deleted. */
  #deleted: readonly number[] | undefined;

  /** @param partitions by the code that files have */
  constructor(files: TableFiles, schema: TableSchema, partitions: readonly Partition[]) {
    this.#files = files;
    this.#schema = schema;
    this.#partitions = partitions;
    this.#types = new Map(schema.partitionColumns.map(({ path, type }) => [path, type]));
    this.#statistics = new StatisticsColumns(files);
  }

  /** Why each file is left out: `KEPT` and the other reasons. */
  async reasons(predicate: Predicate | undefined, turn: Turn): Promise<Uint8Array> {
    const reasons = new Uint8Array(this.#files.length);
    this.#deleted ??= this.#findDeleted();
    for (const file of this.#deleted) reasons[file] = BY_VECTOR;
    if (predicate === undefined) return reasons;
    const byPartition = predicate.columns.some((path) => this.#types.has(path));
    const partitionColumn = byPartition ? this.#partitionColumns(predicate) : () => undefined;
    if (byPartition) await this.#exclude(predicate, partitionColumn, reasons, BY_PARTITION, turn);
    const asked = predicate.columns.flatMap((path) =>
      this.#types.has(path) ? [] : (this.#schema.leaves.get(path) ?? []),
    );
    if (asked.length > 0) await this.#byStatistics(predicate, asked, partitionColumn, reasons, turn);
    return reasons;
  }

  async #byStatistics(
    predicate: Predicate,
    asked: readonly TableLeaf[],
    partitionColumn: ManyBounds["column"],
    reasons: Uint8Array,
    turn: Turn,
  ): Promise<void> {
    const statistics = this.#statistics;
    await statistics.read(asked, turn);
    // What is unusual is kept until it is judged by itself.
    const judged = statistics.unusualFiles.filter((file) => reasons[file] === KEPT);
    const column: ManyBounds["column"] = (path) => partitionColumn(path) ?? statistics.column(path);
    // Of partitions a block has many, and nothing is known of it by them.
    if (predicate.columns.some((path) => this.#types.has(path)))
      await this.#exclude(predicate, column, reasons, BY_STATISTICS, turn);
    else await this.#excludeBlocks(predicate, column, reasons, turn);
    for (const [i, file] of judged.entries()) {
      if (i % TURN === TURN - 1) await turn();
      reasons[file] = this.#mayMatch(predicate, file) ? KEPT : BY_STATISTICS;
    }
  }

  /** Blocks of files first: of a table that grew with its data, nearly all go at once. */
  async #excludeBlocks(
    predicate: Predicate,
    column: ManyBounds["column"],
    reasons: Uint8Array,
    turn: Turn,
  ): Promise<void> {
    const statistics = this.#statistics;
    const length = Math.ceil(reasons.length / BLOCK);
    const blocks = predicate.outcomesOfMany({ length, column: (path) => statistics.blockColumn(path) });
    for (let block = 0; block < length;) {
      const mayMatch = (at: number): boolean => (blocks[at]! & CAN_BE_TRUE) !== 0;
      const first = block++;
      while (block < length && mayMatch(block) === mayMatch(first)) block++;
      const [from, to] = [first * BLOCK, Math.min(block * BLOCK, reasons.length)];
      if (mayMatch(first)) await this.#exclude(predicate, column, reasons, BY_STATISTICS, turn, from, to);
      else leaveOut(reasons, from, to);
    }
  }

  /** Leaves out files that are kept so far and cannot match. */
  async #exclude(
    predicate: Predicate,
    column: ManyBounds["column"],
    reasons: Uint8Array,
    reason: number,
    turn: Turn,
    from = 0,
    to: number = reasons.length,
  ): Promise<void> {
    for (let start = from; start < to; start += MANY) {
      if (start > from) await turn();
      const end = Math.min(to, start + MANY);
      const outcomes = predicate.outcomesOfMany({
        length: end - start,
        column: (path) => {
          const whole = column(path);
          return whole && boundsSlice(whole, start, end);
        },
      });
      for (let i = 0; i < outcomes.length; i++)
        if ((outcomes[i]! & CAN_BE_TRUE) === 0 && reasons[start + i] === KEPT) reasons[start + i] = reason;
    }
  }

  /** By its own statistics, whatever they look like; a file without any is kept. */
  #mayMatch(predicate: Predicate, file: number): boolean {
    const files = this.#files;
    const stats = files.stats(file);
    if (stats === undefined) return true;
    const log = new LogStatistics({ stats, deletionVector: files.deletionVector(file) }, this.#schema);
    return predicate.outcomes((path) => {
      const partition = this.#known(this.#partitions[files.partitionCode(file)]!, path, log.rows ?? 1);
      if (partition !== undefined) return partition;
      const leaf = this.#schema.leaves.get(path);
      const bounds = leaf && log.bounds(leaf);
      return bounds && { bounds, type: leaf.type };
    }).canBeTrue;
  }

  #partitionColumns(predicate: Predicate): (path: string) => BoundsColumn | undefined {
    const codes = this.#files.partitionCodes;
    const columns = new Map(
      predicate.columns.flatMap((path) =>
        this.#types.has(path)
          ? [
              [
                path,
                {
                  kind: "codes" as const,
                  codes,
                  known: this.#partitions.map((partition) => this.#known(partition, path, 1)),
                },
              ],
            ]
          : [],
      ),
    );
    return (path) => columns.get(path);
  }

  #known(partition: Partition, path: string, rows: number): KnownColumn | undefined {
    return partitionBounds({ partition }, this.#types, path, rows);
  }

  #findDeleted(): number[] {
    const { vectors } = this.#files;
    return [...vectors].flatMap(([file, deletionVector]) => {
      const log = new LogStatistics({ stats: this.#files.stats(file), deletionVector }, this.#schema);
      return log.liveRows === 0 ? [file] : [];
    });
  }
}

function leaveOut(reasons: Uint8Array, from: number, to: number): void {
  for (let file = from; file < to; file++) if (reasons[file] === KEPT) reasons[file] = BY_STATISTICS;
}
