import { realpath, stat } from "node:fs/promises";
import { relative, sep } from "node:path";
import { PitotError } from "@pitot/core";
import type { DeletedRows, Fragment } from "../dataset/fragment-source.ts";
import { fileSource } from "../io/file-source.ts";
import type { RangeSource } from "../io/range-source.ts";
import type { ColumnBounds, Scalar } from "../parquet/column-bounds.ts";
import { readDeletionVector } from "./deletion-vector.ts";
import { LogStatistics } from "./log-statistics.ts";
import { typedPartitionExpression } from "./partition-values.ts";
import { isWithin, resolveTablePath } from "./table-path.ts";
import type { TableFiles } from "./table-files.ts";
import type { TableSchema } from "./table-schema.ts";

/** What all files of one version share. */
export interface TableVersion {
  readonly root: string;
  readonly version: number;
  readonly schema: TableSchema;
  readonly files: TableFiles;
  /** Folders beside the table's own that its log may lead to; absolute. */
  readonly allowed: readonly string[];
}

/** A file of a Delta table. What its log says of it is parsed when it is asked for: a table may have millions. */
export class DeltaFragment implements Fragment {
  readonly partition: ReadonlyMap<string, Scalar | null>;
  columnNames: ReadonlyMap<string, string> | undefined;
  readonly #table: TableVersion;
  readonly #file: number;
  #location: string | undefined;
  #log: LogStatistics | undefined;
  #deleted: Promise<DeletedRows> | undefined;

  /** @param file its place among the table's files */
  constructor(table: TableVersion, file: number, partition: ReadonlyMap<string, Scalar | null>) {
    this.#table = table;
    this.#file = file;
    this.partition = partition;
    this.columnNames = table.schema.columnNames;
    this.#location = undefined;
    this.#log = undefined;
    this.#deleted = undefined;
  }

  /** @throws PitotError INVALID_DATA where the log's path leads out of the table */
  get location(): string {
    const { root, files, allowed } = this.#table;
    return (this.#location ??= resolveTablePath(root, files.path(this.#file), allowed));
  }

  get path(): string {
    const { root } = this.#table;
    return isWithin(root, this.location) ? relative(root, this.location).split(sep).join("/") : this.location;
  }

  get byteLength(): number {
    return this.#table.files.size(this.#file);
  }

  get rowGroups(): undefined {
    return undefined;
  }

  get deletedRows(): (() => Promise<DeletedRows>) | undefined {
    const deletionVector = this.#table.files.deletionVector(this.#file);
    if (deletionVector === undefined) return undefined;
    const { root, allowed } = this.#table;
    return () => (this.#deleted ??= readDeletionVector(root, deletionVector, allowed, this.rows));
  }

  get partitionExpression(): string {
    return typedPartitionExpression(this.partition, this.#table.schema.partitionColumns);
  }

  get rows(): number | undefined {
    return this.#statistics.rows;
  }

  /** Rows that are not deleted; undefined where the log does not tell. */
  get liveRows(): number | undefined {
    return this.#statistics.liveRows;
  }

  get statistics(): ReadonlyMap<string, ColumnBounds> {
    return this.#statistics.all();
  }

  get #statistics(): LogStatistics {
    return (this.#log ??= new LogStatistics(
      {
        stats: this.#table.files.stats(this.#file),
        deletionVector: this.#table.files.deletionVector(this.#file),
      },
      this.#table.schema,
    ));
  }

  /**
   * Opens the file, once it is certain that it is the one of the log.
   * @throws PitotError IO where it is not there or has another size, INVALID_DATA where a link leads out of the table
   */
  async open(): Promise<RangeSource> {
    const { root, allowed, version } = this.#table;
    let size: number;
    let real: string;
    try {
      [{ size }, real] = await Promise.all([stat(this.location), realpath(this.location)]);
    } catch (cause) {
      throw new PitotError("IO", `A file of version ${version} of the Delta table is not there`, {
        value: this.location,
        remedy: "Read a later version, or restore the file: vacuum removes the files of old versions.",
        cause,
      });
    }
    if (size !== this.byteLength)
      throw new PitotError(
        "IO",
        `A file of the Delta table has ${size} bytes, and its log says ${this.byteLength}`,
        {
          value: this.location,
          remedy: "Restore the file: those of a table never change.",
        },
      );
    if (real !== this.location) {
      // The table itself may lie behind a link; what must not is its file.
      const folders = await Promise.all(
        [root, ...allowed].map((folder) => realpath(folder).catch(() => folder)),
      );
      if (!folders.some((folder) => isWithin(folder, real)))
        throw new PitotError("INVALID_DATA", "A file of the Delta table is a link that leads out of it", {
          value: `${this.location} -> ${real}`,
          remedy: "Give its folder in allowedFolders where you trust the link.",
        });
    }
    return fileSource(this.location);
  }
}
