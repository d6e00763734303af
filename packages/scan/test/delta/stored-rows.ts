import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { DataType } from "apache-arrow";
import { parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import type { Dataset } from "../../src/dataset/dataset.ts";
import type { Fragment } from "../../src/dataset/fragment-source.ts";
import { asAsyncBuffer } from "../../src/io/async-buffer.ts";
import { fileSource } from "../../src/io/file-source.ts";
import type { RangeSource } from "../../src/io/range-source.ts";
import type { DeltaSource } from "../../src/delta/delta-source.ts";
import { scanBatches } from "../../src/reading/scan.ts";

/** The rows of a version, read by hyparquet: what the source says of files, names, partitions and deleted rows, without Pitot's own reader. */
export async function tableRows(source: DeltaSource): Promise<object[]> {
  const { fragments } = await source.plan();
  const rows: object[] = [];
  for (const fragment of fragments) {
    const stored = await parquetRows(await fragment.open());
    const deleted = await fragment.deletedRows?.();
    stored.forEach((row, i) => {
      if (deleted?.has(i) !== true) rows.push(tableRow(source, fragment, row));
    });
  }
  return rows;
}

/** All rows of the Parquet files of a folder. */
export async function folderRows(folder: string): Promise<object[]> {
  const rows: object[] = [];
  for (const name of (await readdir(folder)).sort())
    if (name.endsWith(".parquet"))
      for (const row of await parquetRows(fileSource(join(folder, name)))) rows.push(row);
  return rows;
}

async function parquetRows(source: RangeSource): Promise<Record<string, unknown>[]> {
  await source.suffix(8);
  return await parquetReadObjects({ file: asAsyncBuffer(source), compressors });
}

function tableRow({ schema }: DeltaSource, fragment: Fragment, row: Record<string, unknown>): object {
  return Object.fromEntries(
    schema.fields.map(({ name, type }) => {
      const partition = fragment.partition.get(name);
      if (partition !== undefined) return [name, stored(partition, type as DataType)];
      return [
        name,
        named(row[fragment.columnNames?.get(name) ?? name], name, type as DataType, fragment) ?? null,
      ];
    }),
  );
}

/** Names within structs as the table has them. */
function named(value: unknown, path: string, type: DataType, fragment: Fragment): unknown {
  const names = fragment.columnNames;
  if (names === undefined || value == null) return value;
  if (DataType.isStruct(type))
    return Object.fromEntries(
      type.children.map(({ name, type: inner }) => {
        const file = names.get(`${path}.${name}`)!.split(".").at(-1)!;
        return [
          name,
          named((value as Record<string, unknown>)[file], `${path}.${name}`, inner as DataType, fragment),
        ];
      }),
    );
  if (DataType.isList(type))
    return (value as unknown[]).map((item) =>
      named(item, `${path}.list.element`, elementType(type), fragment),
    );
  if (DataType.isMap(type)) {
    const inner = valueType(type);
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        named(item, `${path}.key_value.value`, inner, fragment),
      ]),
    );
  }
  return value;
}

/** A partition's scalar as hyparquet gives such a value. */
function stored(value: unknown, type: DataType): unknown {
  if (value === null) return null;
  if (DataType.isDate(type)) return new Date(Number(value) * 86_400_000);
  if (DataType.isTimestamp(type)) return new Date(Number((value as bigint) / 1000n));
  if (DataType.isDecimal(type)) return Number(value) / 10 ** type.scale;
  return value instanceof Uint8Array ? Buffer.from(value).toString() : value;
}

/** Rows as sorted texts: a table has no order. Of many rows their number, and a sum of checksums that is the same in any order. */
export function comparable(rows: readonly object[]): string[] {
  if (rows.length <= 50_000) return rows.map((row) => JSON.stringify(plain(row))).sort();
  let sum = 0;
  for (const row of rows) {
    const text = Buffer.from(JSON.stringify(plain(row)));
    // Two checksums of 32 bits: one alone would let a pair of wrong rows pass now and then.
    sum = (sum + crc32(text) * 2 ** 16 + (crc32(text, 1) % 2 ** 16)) % 2 ** 48;
  }
  return [`${rows.length} rows`, sum.toString(16)];
}

function plain(value: unknown): unknown {
  if (value == null) return null;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "NaT" : value.toISOString();
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("latin1");
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object")
    return Object.fromEntries(
      Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, item]) => [key, plain(item)]),
    );
  return typeof value === "number" ? Number(value.toPrecision(12)) : value;
}

/** The rows of a dataset by Pitot's own reader. */
export async function scannedRows(dataset: Dataset): Promise<object[]> {
  const rows: object[] = [];
  for await (const batch of scanBatches(dataset))
    for (const row of batch)
      rows.push(
        Object.fromEntries(
          batch.schema.fields.map(({ name, type }) => [name, value(row[name], type as DataType)]),
        ),
      );
  return rows;
}

/** An Arrow value as hyparquet gives such a value. */
function value(item: unknown, type: DataType): unknown {
  if (item == null) return null;
  if (DataType.isTimestamp(type) || DataType.isDate(type)) return new Date(Math.floor(Number(item)));
  if (DataType.isDecimal(type)) {
    const words = item as Uint32Array;
    let unscaled = 0n;
    for (let i = words.length - 1; i >= 0; i--) unscaled = (unscaled << 32n) | BigInt(words[i] ?? 0);
    return Number(BigInt.asIntN(32 * words.length, unscaled)) / 10 ** type.scale;
  }
  if (DataType.isList(type))
    return [...(item as Iterable<unknown>)].map((one) => value(one, elementType(type)));
  if (DataType.isStruct(type))
    return Object.fromEntries(
      type.children.map(({ name, type: inner }) => [
        name,
        value((item as Record<string, unknown>)[name], inner as DataType),
      ]),
    );
  if (DataType.isMap(type)) {
    const inner = valueType(type);
    return Object.fromEntries(
      [...(item as Iterable<[unknown, unknown]>)].map(([key, one]) => [String(key), value(one, inner)]),
    );
  }
  return item;
}

function elementType({ children }: DataType): DataType {
  return children?.[0]?.type as DataType;
}

function valueType({ children }: DataType): DataType {
  return elementType({ children: [children?.[0]?.type.children?.[1]] } as DataType);
}
