import { DataType } from "apache-arrow";
import { PitotError } from "@pitot/core";
import { partitionExpression, partitionValue } from "../dataset/hive-partitions.ts";
import type { Scalar } from "../parquet/column-bounds.ts";
import { scalarText } from "../parquet/scalar-text.ts";
import { col } from "../predicate/column.ts";
import type { Literal } from "../predicate/literal.ts";
import type { Predicate } from "../predicate/predicate.ts";
import type { TableFiles } from "./table-files.ts";
import type { TableLeaf } from "./table-schema.ts";

/** Types the partition values of a table's files. */
export class PartitionReader {
  readonly #columns: readonly TableLeaf[];
  readonly #timeZone: string;

  /** @param timeZone of timestamps that tell none */
  constructor(partitionColumns: readonly TableLeaf[], timeZone: string) {
    this.#timeZone = timeZone;
    this.#columns = partitionColumns;
  }

  /** What every partition of a table's files comes to, by its code. */
  readAll(files: TableFiles): ReadonlyMap<string, Scalar | null>[] {
    return files.partitions.map((values, code) =>
      this.read(values, () => files.path(files.partitionCodes.indexOf(code))),
    );
  }

  /**
   * A partition. Empty text is null, for text columns too; so is a value that is absent.
   * @param path of a file that is in it
   * @throws PitotError INVALID_DATA where a value is not of its column's type
   */
  read(
    partitionValues: Readonly<Record<string, string | null>>,
    path: () => string,
  ): ReadonlyMap<string, Scalar | null> {
    const partition = new Map<string, Scalar | null>();
    for (const { path: name, physicalPath, type } of this.#columns) {
      const text = partitionValues[physicalPath[0]!];
      if (text == null || text === "") {
        partition.set(name, null);
        continue;
      }
      const zoned =
        DataType.isTimestamp(type) && type.timezone != null ? withZone(text, this.#timeZone) : text;
      try {
        partition.set(name, partitionValue(zoned, type, name));
      } catch (cause) {
        throw new PitotError(
          "INVALID_DATA",
          `File ${path()} has a partition value that is not of its column's type`,
          { value: `${name}=${text}`, remedy: "Have the table's writer repair the log.", cause },
        );
      }
    }
    return partition;
  }
}

/** In pyarrow's form, dates, timestamps and decimals as a user writes them. */
export function typedPartitionExpression(
  partition: ReadonlyMap<string, Scalar | null>,
  columns: readonly TableLeaf[],
): string {
  let expression: Predicate | undefined;
  for (const { path, type } of columns) {
    const value = partition.get(path) ?? null;
    const part = value === null ? col(path).isNull() : col(path).eq(written(value, type));
    expression = expression === undefined ? part : expression.and(part);
  }
  return expression?.toString() ?? partitionExpression(new Map());
}

function written(value: Scalar, type: DataType): Literal {
  if (DataType.isDate(type)) return new Date(Number(value) * 86_400_000);
  if (DataType.isTimestamp(type) && (value as bigint) % 1000n === 0n)
    return new Date(Number((value as bigint) / 1000n));
  // A number keeps 15 digits of a decimal; a text keeps all, and is compared by all.
  if (DataType.isDecimal(type))
    return Number.isSafeInteger(Number(value)) ? Number(value) / 10 ** type.scale : scalarText(value, type);
  return value;
}

/** A wall-clock time with the offset that it has in a time zone; unchanged where it tells one itself. */
function withZone(text: string, timeZone: string): string {
  if (timeZone === "UTC" || !/^[^:]+:\d{2}(?::\d{2}(?:\.\d+)?)?$/.test(text)) return text;
  const wall = Date.parse(`${text.replace(" ", "T")}Z`);
  if (Number.isNaN(wall)) return text;
  // The offset at the wall time read as UTC may be that before a change of clocks; that of the first guess is right.
  const guess = wall - offset(wall, timeZone);
  const minutes = Math.round(offset(guess, timeZone) / 60_000);
  const size = Math.abs(minutes);
  const digits = `${String(Math.floor(size / 60)).padStart(2, "0")}:${String(size % 60).padStart(2, "0")}`;
  return `${text}${minutes < 0 ? "-" : "+"}${digits}`;
}

/** Milliseconds that a zone's clocks are ahead of UTC. */
function offset(time: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(time);
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
  const shown = Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
  return shown - Math.floor(time / 1000) * 1000;
}
