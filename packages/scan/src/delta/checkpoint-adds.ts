import type { AsyncBuffer, FileMetaData } from "hyparquet";
import { readChunk } from "./leaf-chunk.ts";
import { leafValues, type LeafValues } from "./leaf-pages.ts";
import { descriptorOf, wholeNumber, type DeletionVectorDescriptor, type RemoveFile } from "./log-actions.ts";
import type { LogPlace } from "./log-error.ts";
import type { PartitionDictionary } from "./partition-dictionary.ts";
import { RowPartitions } from "./row-partitions.ts";
import { TextPages } from "./text-pages.ts";

/**
 * The added files of a checkpoint's row group, from the columns of `add` as they are stored: a checkpoint may have millions, and assembling each row of
 * nested structs first costs most of the time.
 */
export class CheckpointAdds {
  readonly rows: number;
  /** Rows of the whole file, to make room for. */
  readonly fileRows: number;
  readonly paths: TextPages;
  /** Undefined where the checkpoint keeps none as JSON. */
  readonly stats: TextPages | undefined;
  readonly #columns: ReadonlyMap<string, LeafValues>;
  readonly #place: (row: number) => LogPlace;
  #partitions: RowPartitions | undefined;

  private constructor(
    rows: number,
    fileRows: number,
    texts: { readonly paths: TextPages; readonly stats: TextPages | undefined },
    columns: ReadonlyMap<string, LeafValues>,
    place: (row: number) => LogPlace,
  ) {
    this.rows = rows;
    this.fileRows = fileRows;
    this.paths = texts.paths;
    this.stats = texts.stats;
    this.#columns = columns;
    this.#place = place;
  }

  /**
   * @param metadata of one row group, with columns of `add` alone
   * @param fileRows of all row groups
   * @param place of a row of the row group
   * @returns undefined where a column is encoded in a way that checkpoints seldom have
   */
  static async read(
    file: AsyncBuffer,
    metadata: FileMetaData,
    fileRows: number,
    place: (row: number) => LogPlace,
  ): Promise<CheckpointAdds | undefined> {
    const columns = new Map<string, LeafValues>();
    const texts = new Map<string, TextPages>();
    for (const { meta_data } of metadata.row_groups[0]!.columns) {
      const name = meta_data!.path_in_schema.slice(1).join(".");
      const chunk = await readChunk(file, metadata.schema, meta_data!);
      if (name === "path" || name === "stats") {
        const pages = TextPages.of(chunk, place);
        if (pages === undefined) return undefined;
        texts.set(name, pages);
      } else {
        const values = leafValues(chunk);
        if (values === undefined) return undefined;
        columns.set(name, values);
      }
    }
    const paths = texts.get("path");
    if (paths === undefined) return undefined;
    const rows = Number(metadata.row_groups[0]!.num_rows);
    return new CheckpointAdds(rows, fileRows, { paths, stats: texts.get("stats") }, columns, place);
  }

  place(row: number): LogPlace {
    return this.#place(row);
  }

  /** Whether a row is of a file. */
  isFile(row: number): boolean {
    const { first, lengths } = this.paths.page(row);
    return lengths[row - first]! >= 0;
  }

  /** Path of the file of a row. */
  path(row: number): string {
    return this.paths.text(row) ?? "";
  }

  /** Size of the file of a row. @throws PitotError INVALID_DATA where it is none */
  size(row: number): number {
    return this.#whole("size", row) ?? wholeNumber(undefined, "add.size", this.#place(row));
  }

  /** When the file of a row was written, in Unix milliseconds. */
  modificationTime(row: number): number | undefined {
    return this.#whole("modificationTime", row);
  }

  /** JSON of the statistics of the file of a row. */
  statistics(row: number): string | undefined {
    return this.stats?.text(row);
  }

  /** Code of a row's partition in the dictionary, which must be the same in all calls. */
  partition(row: number, dictionary: PartitionDictionary): number {
    return (this.#partitions ??= new RowPartitions(this.#columns, this.rows, this.#place)).codeOf(
      row,
      dictionary,
    );
  }

  get hasVectors(): boolean {
    return this.#columns.has("deletionVector.storageType");
  }

  /** The deletion vector of the file of a row, if it has one. */
  deletionVector(row: number): DeletionVectorDescriptor | undefined {
    const storageType = this.#text("deletionVector.storageType", row);
    if (storageType === undefined) return undefined;
    const descriptor = {
      storageType,
      pathOrInlineDv: this.#text("deletionVector.pathOrInlineDv", row),
      offset: this.#whole("deletionVector.offset", row),
      sizeInBytes: this.#whole("deletionVector.sizeInBytes", row),
      cardinality: this.#whole("deletionVector.cardinality", row),
    };
    return descriptorOf(descriptor, this.#place(row));
  }

  /** Hands over the files one by one, without their statistics. */
  forEach(visit: (file: RemoveFile) => void): void {
    let page = this.paths.page(0);
    for (let row = 0; row < this.rows; row++) {
      if (row >= page.end) page = this.paths.page(row);
      if (page.lengths[row - page.first]! < 0) continue;
      visit({
        path: this.path(row),
        deletionVector: this.hasVectors ? this.deletionVector(row) : undefined,
      });
    }
  }

  #whole(name: string, row: number): number | undefined {
    const column = this.#columns.get(name);
    if (column?.kind !== "numbers") return undefined;
    const value = column.values[row]!;
    return Number.isNaN(value) ? undefined : wholeNumber(value, `add.${name}`, this.#place(row));
  }

  #text(name: string, row: number): string | undefined {
    const column = this.#columns.get(name);
    return column?.kind === "texts" ? column.texts[column.codes[row]!] : undefined;
  }
}
