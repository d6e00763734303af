import { Schema } from "apache-arrow";
import { PitotError, type SchemaViolation } from "@pitot/core";
import { assertAppendable } from "./table-features.ts";
import { tableSchema } from "./table-schema.ts";
import type { TableState } from "./table-state.ts";

/** How rows are laid out for a table. */
export interface AppendPlan {
  /** Whether the append makes the table. */
  readonly isNew: boolean;
  /** All columns of the table. */
  readonly schema: Schema;
  readonly partitionColumns: readonly string[];
  readonly configuration: Readonly<Record<string, string>>;
}

/** A table of the rows' own columns. @throws PitotError INVALID_ARGUMENT for columns that make none */
export function planNewTable(written: Schema, partitionColumns: readonly string[] = []): AppendPlan {
  const { fields } = written;
  const twin = fields.find(({ name }, i) =>
    fields.some((field, j) => j < i && field.name.toLowerCase() === name.toLowerCase()),
  );
  if (twin !== undefined || fields.length === 0)
    throw new PitotError("INVALID_ARGUMENT", "A Delta table needs columns that differ by more than case", {
      value: twin?.name ?? "no column",
      remedy: "Rename one of them.",
    });
  for (const name of partitionColumns)
    if (!fields.some((field) => field.name === name))
      throw new PitotError("INVALID_ARGUMENT", "A partition column is not among the columns", {
        value: name,
        remedy: "Name columns of the Arrow table in partitionBy.",
      });
  if (new Set(partitionColumns).size !== partitionColumns.length || partitionColumns.length >= fields.length)
    throw new PitotError(
      "INVALID_ARGUMENT",
      "Partition columns must be different, and leave a column for the files",
      { value: partitionColumns.join(", "), remedy: "Leave one out." },
    );
  const schema = new Schema(fields.map((field) => field.clone({ nullable: true })));
  return { isNew: true, schema, partitionColumns, configuration: {} };
}

/** @throws PitotError UNSUPPORTED for a table whose rules an append would not keep, INVALID_ARGUMENT for other partition columns than its own */
export function planKnownTable(
  { protocol, metadata }: TableState,
  partitionBy: readonly string[] | undefined,
): AppendPlan {
  assertAppendable(protocol);
  const { partitionColumns, configuration } = metadata;
  const { schema, rules, mapping } = tableSchema(metadata);
  const unkept = [
    ...rules.map(({ column, rule }) => `${rule} of column ${column}`),
    ...Object.keys(configuration).filter((key) => key.startsWith("delta.constraints.")),
    ...(mapping === "none" ? [] : [`column mapping by ${mapping}`]),
  ];
  if (unkept.length > 0)
    throw new PitotError("UNSUPPORTED", "The Delta table has rules that an append would not keep", {
      value: unkept.join(", "),
      remedy: "Write it with a client that keeps them.",
    });
  if (partitionBy !== undefined && !hasSamePartitions(partitionBy, partitionColumns))
    throw new PitotError("INVALID_ARGUMENT", "The Delta table has other partition columns", {
      value: partitionBy.join(", "),
      remedy: `Leave partitionBy out; the table has: ${partitionColumns.join(", ") || "none"}.`,
    });
  return { isNew: false, schema, partitionColumns, configuration };
}

export function hasSamePartitions(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => name === b[i]);
}

/** @throws PitotError INVALID_DATA that names each violation */
export function assertNoViolations(violations: readonly SchemaViolation[]): void {
  if (violations.length === 0) return;
  throw new PitotError("INVALID_DATA", "The rows do not fit the Delta table", {
    value: violations
      .map(({ violationType, columnName, expected, actual }) =>
        [violationType, columnName, expected && `expected ${expected}`, actual && `is ${actual}`]
          .filter(Boolean)
          .join(" "),
      )
      .join("; "),
    remedy: "Convert the columns, or change the table's schema first.",
    cause: violations,
  });
}
