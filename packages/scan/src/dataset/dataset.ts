import { PitotError } from "@pitot/core";
import type { DataType, Schema } from "apache-arrow";
import type { Predicate } from "../predicate/predicate.ts";
import { leafType } from "./column-types.ts";
import type { FragmentPlan, FragmentSource } from "./fragment-source.ts";
import { projectColumns } from "./project-columns.ts";
import { requireCount, requireOption, requireSignal } from "../require-option.ts";

/** Files, or a table, that can be scanned. Cheap to keep: it holds the listing, not the data. */
export class Dataset {
  /** Low-cardinality name, for telemetry. */
  readonly name: string;
  readonly source: FragmentSource;
  /** Files whose footers are read at once. */
  readonly concurrency: number;
  /** Types of the partition columns. */
  readonly partitionTypes: ReadonlyMap<string, DataType>;

  /** @throws PitotError INVALID_ARGUMENT unless `name` is a text, and `concurrency` a whole number above 0 */
  constructor(source: FragmentSource, name: string, concurrency: number = 16) {
    requireOption("name", name, typeof name === "string", "a text");
    requireCount("concurrency", concurrency, 1);
    this.name = name;
    this.source = source;
    this.concurrency = concurrency;
    this.partitionTypes = new Map(
      source.partitionColumns.flatMap((column) => {
        const type = leafType(source.schema, column);
        return type === undefined ? [] : [[column, type] as const];
      }),
    );
  }

  /** All columns, partition columns last. */
  get schema(): Schema {
    return this.source.schema;
  }

  get location(): string {
    return this.source.location;
  }

  get format(): FragmentSource["format"] {
    return this.source.format;
  }

  /**
   * The files that a scan must look at; those that it need not, by their partition or the table's log, stand apart.
   * @throws PitotError INVALID_ARGUMENT where the predicate does not fit the schema
   */
  async plan(predicate?: Predicate, signal?: AbortSignal): Promise<FragmentPlan> {
    this.check(predicate);
    requireSignal(signal);
    return await this.source.plan(predicate, signal);
  }

  /** @throws PitotError INVALID_ARGUMENT where the predicate asks for a column that is not there, or for a value that it never holds */
  check(predicate: Predicate | undefined): void {
    if (predicate !== undefined && typeof (predicate as Partial<Predicate> | null)?.check !== "function")
      throw new PitotError("INVALID_ARGUMENT", "This is no predicate", {
        value: predicate,
        remedy: "Make one with col() or parsePredicate()",
      });
    predicate?.check((path) => leafType(this.schema, path));
  }

  /**
   * The schema of some columns, in the order asked for; all where `columns` is undefined. Of a struct, a path such as `a.b` chooses a part.
   * @throws PitotError INVALID_ARGUMENT for a column that is not there, or is named twice
   */
  project(columns: readonly string[] | undefined): Schema {
    if (columns === undefined) return this.schema;
    if (!Array.isArray(columns))
      throw new PitotError("INVALID_ARGUMENT", "Columns are not a list of names", {
        value: columns,
        remedy: 'Give them as ["a", "b"]',
      });
    const twice = columns.find((name, i) => columns.indexOf(name) !== i);
    if (twice !== undefined)
      throw new PitotError("INVALID_ARGUMENT", "A column is asked for twice", {
        value: twice,
        remedy: "Name each column once",
      });
    return projectColumns(this.schema, columns);
  }
}
