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
  /** By the code that files have. */
  readonly partitions: readonly ReadonlyMap<string, Scalar | null>[];
  /** Folders beside the table's own that its log may lead to; absolute. */
  readonly allowed: readonly string[];
}

/** A file of a Delta table. What its log says of it is parsed when it is asked for: a table may have millions. */
export class DeltaFragment implements Fragment {
  readonly #table: TableVersion;
  readonly #file: number;
  /** What was asked for, kept. */
  #made:
    | { names?: ReadonlyMap<string, string>; log?: LogStatistics; deleted?: Promise<DeletedRows> }
    | undefined;

  /** @param file its place among the table's files */
  constructor(table: TableVersion, file: number) {
    this.#table = table;
    this.#file = file;
    this.#made = undefined;
  }

  /** @throws PitotError INVALID_DATA where the log's path leads out of the table */
  get location(): string {
    const { root, files, allowed } = this.#table;
    const path = files.path(this.#file);
    return files.odd.has(this.#file) || sep !== "/"
      ? resolveTablePath(root, path, allowed)
      : `${root}/${path}`;
  }

  get partition(): ReadonlyMap<string, Scalar | null> {
    const { partitions, files } = this.#table;
    return partitions[files.partitionCode(this.#file)]!;
  }

  get columnNames(): ReadonlyMap<string, string> | undefined {
    return this.#made?.names ?? this.#table.schema.columnNames;
  }

  /** Those of the file itself, where it names columns by id. */
  set columnNames(names: ReadonlyMap<string, string>) {
    (this.#made ??= {}).names = names;
  }

  get path(): string {
    const { root } = this.#table;
    const { location } = this;
    return isWithin(root, location) ? relative(root, location).split(sep).join("/") : location;
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
    return () => {
      const made = (this.#made ??= {});
      if (made.deleted === undefined) {
        const deleted = readDeletionVector(root, deletionVector, allowed, this.path, this.rows);
        made.deleted = deleted;
        // The next scan tries again.
        deleted.catch(() => delete made.deleted);
      }
      return made.deleted;
    };
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
    return ((this.#made ??= {}).log ??= new LogStatistics(
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
    const { location } = this;
    let size: number;
    let real: string;
    try {
      [{ size }, real] = await Promise.all([stat(location), realpath(location)]);
    } catch (cause) {
      throw new PitotError("IO", `A file of version ${version} of the Delta table is not there`, {
        value: location,
        remedy: "Read a later version, or restore the file: vacuum removes the files of old versions.",
        cause,
      });
    }
    if (size !== this.byteLength)
      throw new PitotError(
        "IO",
        `A file of the Delta table has ${size} bytes, and its log says ${this.byteLength}`,
        {
          value: location,
          remedy: "Restore the file: those of a table never change.",
        },
      );
    if (real !== location) {
      // The table itself may lie behind a link; what must not is its file.
      const folders = await Promise.all(
        [root, ...allowed].map((folder) => realpath(folder).catch(() => folder)),
      );
      if (!folders.some((folder) => isWithin(folder, real)))
        throw new PitotError("INVALID_DATA", "A file of the Delta table is a link that leads out of it", {
          value: `${location} -> ${real}`,
          remedy: "Give its folder in allowedFolders where you trust the link.",
        });
    }
    return fileSource(location);
  }
}
