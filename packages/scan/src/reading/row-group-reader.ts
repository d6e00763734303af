import { PitotError } from "@pitot/core";
import {
  makeData,
  RecordBatch,
  Struct,
  type Data,
  type DataType,
  type Field,
  type Schema,
} from "apache-arrow";
import { topLevelColumn } from "../dataset/column-types.ts";
import type { Dataset } from "../dataset/dataset.ts";
import type { FileFooter } from "../dataset/file-footer.ts";
import type { Fragment } from "../dataset/fragment-source.ts";
import type { PlannedFragment, PlannedRowGroup } from "../dataset/plan-fragments.ts";
import { asAsyncBuffer } from "../io/async-buffer.ts";
import { countingSource, type CountingSource } from "../io/counting-source.ts";
import type { RangeSource } from "../io/range-source.ts";
import type { Scalar } from "../parquet/column-bounds.ts";
import type { SchemaNode } from "../parquet/schema-tree.ts";
import type { Predicate, RowMask } from "../predicate/predicate.ts";
import type { ScanMeter } from "../telemetry/scan-effectiveness.ts";
import { buildColumn, buildLeaf, nullColumn, type NameOf } from "./build-column.ts";
import { datasetNames } from "./dataset-names.ts";
import { decodeRowGroup, selectRows, type DecodedValues } from "./decode-row-group.ts";
import { narrowRowGroup, type NarrowedRows } from "./narrow-row-group.ts";
import { placesIn, rowsIn } from "./row-ranges.ts";
import { wantedLeaves } from "./wanted-leaves.ts";

// What one Arrow array can address; a footer that says more is broken or hostile.
const MOST_ROWS = 2 ** 31 - 1;

/** What is read of each row group. */
export interface ReadOptions {
  readonly dataset: Dataset;
  /** What the batches have. */
  readonly schema: Schema;
  /** What the predicate reads. */
  readonly asked: Schema;
  readonly predicate: Predicate | undefined;
  readonly meter: ScanMeter;
  readonly signal: AbortSignal | undefined;
}

/**
 * The matching rows of a row group; undefined where there are none. Columns of the predicate are read first, the others only where a
 * row matches.
 */
export async function readRowGroup(
  planned: PlannedFragment,
  group: PlannedRowGroup,
  options: ReadOptions,
): Promise<RecordBatch | undefined> {
  const { dataset, schema } = options;
  const reader = new RowGroupReader(planned, group, options);
  try {
    const rows = await reader.select();
    if (rows === 0) return undefined;
    await reader.read(schema);
    const children = schema.fields.map((field) => reader.column(field, dataset));
    const data = makeData({ type: new Struct(schema.fields), length: rows, nullCount: 0, children });
    return new RecordBatch(schema, data);
  } finally {
    await reader.close();
  }
}

/** How many rows of a row group match. Reads the columns of the predicate only. */
export async function countRowGroup(
  planned: PlannedFragment,
  group: PlannedRowGroup,
  options: ReadOptions,
): Promise<number> {
  const reader = new RowGroupReader(planned, group, options);
  try {
    return await reader.select();
  } finally {
    await reader.close();
  }
}

class RowGroupReader {
  readonly #fragment: Fragment;
  readonly #footer: FileFooter;
  readonly #group: PlannedRowGroup;
  readonly #options: ReadOptions;
  readonly #nodes: ReadonlyMap<string, SchemaNode>;
  readonly #nameOf: NameOf;
  /** Places of the chunks that hold what is wanted of the top-level columns, by the dataset's names. */
  readonly #leaves: ReadonlyMap<string, readonly number[]>;
  /** Stored values by the dataset's names. */
  readonly #values = new Map<string, DecodedValues>();
  readonly #planned: PlannedFragment;
  #source: CountingSource | undefined;
  #narrowed: NarrowedRows;
  /** Of the rows that are read, those that match; undefined for all of them. */
  #selection: Uint32Array | undefined;

  constructor(planned: PlannedFragment, group: PlannedRowGroup, options: ReadOptions) {
    const { fragment, footer } = planned;
    this.#planned = planned;
    this.#narrowed = { ranges: [{ start: 0, end: group.rows }], certain: group.certain, pages: new Map() };
    this.#fragment = fragment;
    this.#footer = footer;
    this.#group = group;
    this.#options = options;
    this.#nameOf = datasetNames(fragment);
    this.#nodes = new Map(footer.columns.map((node) => [this.#nameOf(node), node]));
    this.#leaves = this.#wanted();
  }

  #wanted(): Map<string, readonly number[]> {
    const group = this.#footer.rowGroup(this.#group.index);
    const wanted = new Map<string, readonly number[]>();
    for (const { name, type } of [...this.#options.asked.fields, ...this.#options.schema.fields]) {
      const node = this.#nodes.get(name);
      if (node === undefined || this.#isPartition(name)) continue;
      const leaves = wantedLeaves(type as DataType, node, this.#footer, group, this.#nameOf);
      wanted.set(name, [...new Set([...(wanted.get(name) ?? []), ...leaves])]);
    }
    return wanted;
  }

  /** Reads what is not read yet of top-level columns: at once all that the predicate and the batches want of them. */
  async read({ fields }: Schema): Promise<void> {
    const names = new Map<string, string>();
    const types = new Map<string, DataType>();
    const leaves = new Set<number>();
    for (const { name, type } of fields) {
      if (this.#values.has(name)) continue;
      const wanted = this.#leaves.get(name) ?? [];
      if (wanted.length > 0) {
        const fileName = this.#nodes.get(name)!.element.name;
        names.set(fileName, name);
        types.set(fileName, type as DataType);
      }
      for (const leaf of wanted) leaves.add(leaf);
    }
    if (names.size === 0) return;
    const { signal } = this.#options;
    const decoded = await decodeRowGroup(
      asAsyncBuffer(await this.#open(), signal),
      this.#footer,
      this.#group.index,
      types,
      leaves,
      { ...this.#narrowed, whole: this.#selection === undefined },
      signal,
    );
    for (const [fileName, values] of decoded) this.#values.set(names.get(fileName)!, values);
  }

  /** Finds the rows that match and are not deleted, and tells how many these are. */
  async select(): Promise<number> {
    const { meter } = this.#options;
    const { rows, certain } = this.#group;
    if (!certain)
      this.#narrowed = await narrowRowGroup(
        await this.#open(),
        this.#planned,
        this.#group,
        [...this.#leaves.values()].flat(),
        this.#options,
      );
    const within = rowsIn(this.#narrowed.ranges);
    meter.rowsSkipped += rows - within;
    if (within === 0) return 0;
    if (within > MOST_ROWS)
      throw new PitotError(
        "UNSUPPORTED",
        `Row group ${this.#group.index} of ${this.#footer.location} has too many rows`,
        {
          value: within,
          remedy: "Write smaller row groups",
        },
      );
    meter.rowGroupsRead++;
    meter.rowsScanned += within;
    this.#selection = await this.#matching(within);
    const matched = this.#selection?.length ?? within;
    meter.rowsMatched += matched;
    return matched;
  }

  async #matching(rows: number): Promise<Uint32Array | undefined> {
    const { dataset, asked, meter } = this.#options;
    const predicate = this.#narrowed.certain ? undefined : this.#options.predicate;
    const deleted = await meter.clock.reading(async () => this.#fragment.deletedRows?.());
    if (predicate === undefined && (deleted === undefined || deleted.count === 0)) return undefined;
    let mask: RowMask | undefined;
    if (predicate !== undefined) {
      await this.read(asked);
      const built = new Map(asked.fields.map((field) => [field.name, this.column(field, dataset)]));
      mask = predicate.mask((path) => leafData(asked, built, path), rows);
    }
    const { ranges } = this.#narrowed;
    const first = this.#group.firstRow + ranges[0]!.start;
    const places =
      deleted === undefined || ranges.length === 1 ? undefined : placesIn(ranges, ranges[0]!.start);
    const selection = new Uint32Array(rows);
    let matched = 0;
    for (let i = 0; i < rows; i++) {
      if (mask !== undefined && mask[i] !== 1) continue;
      if (deleted?.has(first + (places?.[i] ?? i)) === true) meter.rowsDeleted++;
      else selection[matched++] = i;
    }
    return matched === rows ? undefined : selection.subarray(0, matched);
  }

  /** The matching rows of a column, in the dataset's type; all that are read before they are found. */
  column(field: Field, dataset: Dataset): Data {
    const type = field.type as DataType;
    const rows = this.#selection?.length ?? rowsIn(this.#narrowed.ranges);
    if (this.#isPartition(field.name))
      return constantColumn(type, this.#fragment.partition.get(field.name) ?? null, rows);
    const node = this.#nodes.get(field.name);
    const values = this.#values.get(field.name);
    if (node === undefined || values === undefined || dataset.partitionTypes.has(field.name))
      return nullColumn(type, rows);
    try {
      return buildColumn(type, selectRows(values, this.#selection), node, this.#nameOf);
    } catch (error) {
      if (!(error instanceof PitotError) || error.code !== "INVALID_DATA") throw error;
      const { message, remedy } = error;
      throw new PitotError(
        "INVALID_DATA",
        `Row group ${this.#group.index} of ${this.#footer.location} does not fit the dataset's schema (${message.slice(0, -remedy.length - 2)}), column`,
        { value: field.name, remedy, cause: error },
      );
    }
  }

  async close(): Promise<void> {
    if (this.#source === undefined) return;
    const { meter } = this.#options;
    meter.dataBytes += this.#source.bytes;
    meter.rangeRequests += this.#source.requests;
    await this.#source.close();
  }

  /** What the file is read through. Its size was seen when the footer was read; a source of its own may not know it yet. */
  async #open(): Promise<RangeSource> {
    const { clock } = this.#options.meter;
    const source = (this.#source ??= countingSource(await clock.reading(() => this.#fragment.open())));
    return {
      location: source.location,
      byteLength: this.#footer.fileBytes,
      slice: (start, end, signal) => clock.reading(() => source.slice(start, end, signal)),
      suffix: (length, signal) => clock.reading(() => source.suffix(length, signal)),
      close: () => source.close(),
    };
  }

  #isPartition(name: string): boolean {
    return this.#fragment.partition.has(name);
  }
}

/** The leaf of a built column by its path; a value is null where a struct above it is. */
function leafData(schema: Schema, built: ReadonlyMap<string, Data>, path: string): Data {
  const top = topLevelColumn(schema, path)!;
  let data = built.get(top.name)!;
  let rest = path === top.name ? "" : path.slice(top.name.length + 1);
  while (rest !== "") {
    const fields: readonly Field[] = data.type.children;
    const whole = fields.findIndex(({ name }) => name === rest);
    const at = whole === -1 ? fields.findIndex(({ name }) => rest.startsWith(`${name}.`)) : whole;
    const name = fields[at]!.name;
    rest = rest === name ? "" : rest.slice(name.length + 1);
    data = data.children[at] as Data;
  }
  return data;
}

function constantColumn(type: DataType, value: Scalar | null, rows: number): Data {
  const stored = typeof value === "string" ? new TextEncoder().encode(value) : value;
  return buildLeaf(
    type,
    Array.from({ length: rows }, () => stored),
  );
}
