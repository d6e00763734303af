import { DataType, type Field, type Table } from "apache-arrow";
import { PitotError } from "@pitot/core";
import type { Scalar } from "../parquet/column-bounds.ts";
import { scalarText } from "../parquet/scalar-text.ts";
import { columnValues } from "./data-file.ts";
import type { StoredValue } from "./stored-value.ts";

/** The rows that go into one file. */
export interface PartitionRows {
  /** As the log writes them. */
  readonly values: Readonly<Record<string, string | null>>;
  /** Folder of the file below the table, `key=value/…`; empty without partitions. */
  readonly folder: string;
  /** Ascending; undefined is all. */
  readonly rows: Uint32Array | undefined;
}

/** Longer names are more than file systems take; such a file lies in the table's own folder, as the log tells its values. */
const LONGEST_NAME = 200;

/**
 * Groups the rows of a table by its partition columns, in order of appearance.
 * @throws PitotError INVALID_DATA for empty text, which the log could not tell from null, UNSUPPORTED for a column that cannot part a table
 */
export function partitionRows(table: Table, columns: readonly Field[]): PartitionRows[] {
  if (columns.length === 0) return [{ values: {}, folder: "", rows: undefined }];
  const texts = columns.map((field) => {
    const type = field.type as DataType;
    assertPartitions(field.name, type);
    return columnValues(table.getChild(field.name), undefined, table.numRows).map((value) =>
      value === null ? null : partitionText(value, type, field.name),
    );
  });
  const groups = new Map<string, number[]>();
  for (let row = 0; row < table.numRows; row++) {
    const key = JSON.stringify(texts.map((column) => column[row]));
    const rows = groups.get(key);
    if (rows === undefined) groups.set(key, [row]);
    else rows.push(row);
  }
  return Array.from(groups.values(), (rows) => {
    const values = columns.map(({ name }, i) => [name, texts[i]![rows[0]!] ?? null] as const);
    const names = values.map(([name, text]) => `${escaped(name)}=${text === null ? NULL : escaped(text)}`);
    return {
      values: Object.fromEntries(values),
      folder: names.some((name) => Buffer.byteLength(name) > LONGEST_NAME) ? "" : names.join("/"),
      rows: Uint32Array.from(rows),
    };
  });
}

/** What Hive writes for null. */
const NULL = "__HIVE_DEFAULT_PARTITION__";

function assertPartitions(name: string, type: DataType): void {
  if ((type.children ?? []).length === 0 && !DataType.isBinary(type)) return;
  throw new PitotError("UNSUPPORTED", "A table cannot be partitioned by a nested or binary column", {
    value: name,
    remedy: "Partition it by a column of single values.",
  });
}

function partitionText(value: StoredValue, type: DataType, name: string): string {
  if (value === "")
    throw new PitotError(
      "INVALID_DATA",
      `Partition column ${name} holds empty text, which Delta Lake reads as null`,
      {
        value: name,
        remedy: "Write null, or another text.",
      },
    );
  if (DataType.isDate(type)) return new Date(Number(value) * 86_400_000).toISOString().slice(0, 10);
  if (DataType.isTimestamp(type)) {
    const micros = value as bigint;
    const part = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
    const seconds = new Date(Number((micros - part) / 1_000n)).toISOString().slice(0, 19).replace("T", " ");
    return part === 0n ? seconds : `${seconds}.${String(part).padStart(6, "0")}`;
  }
  // Readers know NaN and Infinity as JavaScript writes them.
  return typeof value === "number" ? String(value) : scalarText(value as Scalar, type);
}

/** Characters that no folder's name should have, as Hive escapes them. */
function escaped(text: string): string {
  return text.replace(
    // oxlint-disable-next-line no-control-regex
    /[\u0000-\u001f"#%'*/:=?\\{[\]^\u007f]|^\.+$/g,
    (match) =>
      Array.from(match, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`).join(""),
  );
}
