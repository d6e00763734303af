import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parquetMetadata } from "hyparquet";
import { typeString } from "@pitot/tables";
import { describe, expect, it } from "vitest";
import {
  arrowSchema,
  type ColumnBounds,
  columnBounds,
  encodeFooter,
  fileSource,
  leafColumns,
  readFooter,
  readPageIndex,
  type Scalar,
  scalarText,
  skimFooter,
} from "../../src/index.ts";

const root = process.env["PITOT_CONFORMANCE_DATA"];
const folder = join(root ?? "", "parquet");
if (root === undefined)
  console.warn("PITOT_CONFORMANCE_DATA is not set: Parquet files of other writers are not read");
const files = root === undefined ? [] : readdirSync(folder).filter((name) => name.endsWith(".parquet"));

interface Answer {
  readonly error?: string;
  readonly arrow_schema: string[];
  readonly created_by: string;
  readonly num_rows: number;
  readonly num_row_groups: number;
  readonly row_groups: {
    readonly num_rows: number;
    readonly total_byte_size: number;
    readonly sorting_columns: unknown[];
    readonly columns: Record<string, Statistics | null>;
  }[];
}

interface Statistics {
  readonly min: string | boolean | null;
  readonly max: string | boolean | null;
  readonly null_count: number | null;
  readonly distinct_count: number | null;
}

const NOTHING: Statistics = { min: null, max: null, null_count: null, distinct_count: null };

// Where pyarrow answers otherwise on purpose: `file column` → what is given here.
const SIGNED_BYTES =
  "bounds of bytes compared as signed are not the column's, but two equal ones are its only value; nulls were counted right";
const DELIBERATE: Record<string, { reason: string; gives: Statistics }> = {
  "nan_in_stats.parquet x": {
    reason: "a NaN bound shows that the writer compared with NaN, so that the other one cannot be trusted",
    gives: { ...NOTHING, null_count: 0 },
  },
  "fixed_length_decimal_legacy.parquet value": {
    reason:
      "old bounds of decimals in bytes were compared byte by byte, which is not the order of signed numbers",
    gives: { ...NOTHING, null_count: 0 },
  },
  "datapage_v2.snappy.parquet a": {
    reason: SIGNED_BYTES,
    gives: { ...NOTHING, min: "abc", max: "abc", null_count: 1 },
  },
  "nested_lists.snappy.parquet a.list.element.list.element.list.element": {
    reason: SIGNED_BYTES,
    gives: { ...NOTHING, null_count: 3 },
  },
  ...Object.fromEntries(
    (
      [
        ["nonnullable.impala.parquet nested_Struct.c.D.list.element.list.element.f", 0, "nonnullable"],
        ["nonnullable.impala.parquet nested_Struct.G.map.key", 1, null],
        ["nonnullable.impala.parquet Int_Map.map.key", 0, "k1"],
        ["nonnullable.impala.parquet int_map_array.list.element.map.key", 3, "k1"],
        ["nullable.impala.parquet nested_struct.C.d.list.element.list.element.F", 13, null],
        ["nullable.impala.parquet nested_struct.g.map.key", 4, null],
        ["nullable.impala.parquet int_map.map.key", 4, null],
        ["nullable.impala.parquet int_Map_Array.list.element.map.key", 8, null],
      ] as const
    ).map(([column, nulls, value]) => [
      column,
      { reason: SIGNED_BYTES, gives: { ...NOTHING, null_count: nulls, min: value, max: value } },
    ]),
  ),
};

describe.skipIf(root === undefined)("Parquet files of other writers", () => {
  it("are all there", () => expect(files.length).toBeGreaterThanOrEqual(65));

  for (const file of files)
    describe(file, () => {
      const source = fileSource(join(folder, file));

      it("is read, and written back byte for byte", async () => {
        const { metadata, bytes } = await readFooter(source);
        expect(Buffer.compare(encodeFooter(metadata), bytes)).toBe(0);
        expect(await skimFooter(source)).toMatchObject({
          numRows: metadata.numRows,
          numRowGroups: metadata.rowGroups.length,
          numColumns: leafColumns(metadata).length,
        });
      });

      it("says what hyparquet reads of it", async () => {
        const { metadata } = await readFooter(source);
        const bytes = readFileSync(join(folder, file));
        const theirs = parquetMetadata(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
        expect(metadata.numRows).toBe(Number(theirs.num_rows));
        expect(metadata.rowGroups.map(({ columns }) => columns.map(chunkText))).toEqual(
          theirs.row_groups.map(({ columns }) => columns.map(hyparquetText)),
        );
      });

      it("has page indexes that cover its rows, and hold within the row group's bounds", async () => {
        const { metadata } = await readFooter(source);
        for (const leaf of leafColumns(metadata))
          for (let group = 0; group < metadata.rowGroups.length; group++) {
            const index = await readPageIndex(source, metadata, group, leaf);
            if (index === undefined) continue;
            const rows = index.pages.reduce((sum, { bounds }) => sum + bounds.rows, 0);
            expect(rows).toBe(metadata.rowGroups.at(group)!.numRows);
            const whole = columnBounds(metadata, group, leaf);
            for (const { bounds } of index.pages) {
              if (whole.min !== undefined && bounds.min !== undefined)
                expect(below(bounds.min, whole.min)).toBe(false);
              if (whole.max !== undefined && bounds.max !== undefined)
                expect(below(whole.max, bounds.max)).toBe(false);
            }
          }
      });

      const answerPath = join(folder, `${file}.pyarrow.json`);
      it.skipIf(!existsSync(answerPath))("says what pyarrow says", async () => {
        const answer = JSON.parse(readFileSync(answerPath, "utf8")) as Answer;
        const { metadata } = await readFooter(source);
        const schema = arrowSchema(metadata).fields.map(
          ({ name, type, nullable }) => `${name}: ${typeString(type)}${nullable ? "" : " not null"}`,
        );
        if (answer.error !== undefined) {
          // Hive marks the keys of maps as optional, which pyarrow refuses; none is ever null, so they are read.
          expect([file, answer.error]).toEqual([
            "incorrect_map_schema.parquet",
            "ArrowInvalid: Map keys must be annotated as required.",
          ]);
          expect(schema).toEqual(["my_map: map<string, string ('my_map')>"]);
          return;
        }
        expect(schema).toEqual(answer.arrow_schema);
        expect(metadata.numRows).toBe(answer.num_rows);
        expect(metadata.rowGroups).toHaveLength(answer.num_row_groups);
        expect(metadata.createdBy ?? "").toBe(answer.created_by);
        const leaves = leafColumns(metadata);
        answer.row_groups.forEach((expected, group) => {
          const { numRows, totalByteSize, sortingColumns = [] } = metadata.rowGroups.at(group)!;
          expect([numRows, totalByteSize]).toEqual([expected.num_rows, expected.total_byte_size]);
          expect(
            sortingColumns.map((column) => [column.columnIndex, column.descending, column.nullsFirst]),
          ).toEqual(expected.sorting_columns);
          const ours = leaves.map((leaf) => [
            `${leaf.index}:${leaf.path}`,
            statisticsText(columnBounds(metadata, group, leaf), leaf.type),
          ]);
          const theirs = Object.entries(expected.columns).map(([column, statistics]) => [
            column,
            DELIBERATE[`${file} ${column.slice(column.indexOf(":") + 1)}`]?.gives ?? statistics ?? NOTHING,
          ]);
          expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(theirs));
        });
      });
    });
});

function statisticsText(bounds: ColumnBounds, type: Parameters<typeof scalarText>[1]): Statistics {
  const text = (value: Scalar | undefined): string | boolean | null =>
    value === undefined ? null : typeof value === "boolean" ? value : scalarText(value, type);
  return {
    min: text(bounds.min),
    max: text(bounds.max),
    null_count: bounds.nullCount ?? null,
    distinct_count: bounds.distinctCount ?? null,
  };
}

function below(a: Scalar, b: Scalar): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) < 0;
  if (typeof a === "string" && typeof b === "string")
    return Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;
  return a < b;
}

type Chunk = Awaited<ReturnType<typeof readFooter>>["metadata"]["rowGroups"][number]["columns"][number];
type HyparquetChunk = ReturnType<typeof parquetMetadata>["row_groups"][number]["columns"][number];

function chunkText(chunk: Chunk): unknown {
  return {
    type: chunk.type,
    path: chunk.pathInSchema,
    codec: chunk.codec,
    encodings: chunk.encodings,
    values: chunk.numValues,
    sizes: [chunk.totalUncompressedSize, chunk.totalCompressedSize],
    pages: [chunk.dataPageOffset, chunk.indexPageOffset, chunk.dictionaryPageOffset],
    indexes: [
      chunk.offsetIndexOffset,
      chunk.offsetIndexLength,
      chunk.columnIndexOffset,
      chunk.columnIndexLength,
    ],
    bloom: [chunk.bloomFilterOffset, chunk.bloomFilterLength],
    nulls: chunk.statistics?.nullCount,
    encodingStats: chunk.encodingStats?.map(({ pageType, encoding, count }) => [pageType, encoding, count]),
    pairs: chunk.keyValueMetadata?.map(({ key, value }) => [key, value]),
    unencoded: chunk.sizeStatistics?.unencodedByteArrayBytes,
    levels: chunk.sizeStatistics?.definitionLevelHistogram,
    fileOffset: chunk.fileOffset,
    filePath: chunk.filePath,
  };
}

function hyparquetText(chunk: HyparquetChunk): unknown {
  const meta = chunk.meta_data!;
  const number = (value: bigint | undefined): number | undefined =>
    value === undefined ? undefined : Number(value);
  return {
    type: meta.type,
    path: meta.path_in_schema,
    codec: meta.codec,
    encodings: meta.encodings,
    values: Number(meta.num_values),
    sizes: [Number(meta.total_uncompressed_size), Number(meta.total_compressed_size)],
    pages: [
      Number(meta.data_page_offset),
      number(meta.index_page_offset),
      number(meta.dictionary_page_offset),
    ],
    indexes: [
      number(chunk.offset_index_offset),
      chunk.offset_index_length,
      number(chunk.column_index_offset),
      chunk.column_index_length,
    ],
    bloom: [
      number(meta.bloom_filter_offset),
      // One old file has something else in that field.
      typeof meta.bloom_filter_length === "number" ? meta.bloom_filter_length : undefined,
    ],
    nulls: number(meta.statistics?.null_count),
    encodingStats: meta.encoding_stats?.map(({ page_type, encoding, count }) => [page_type, encoding, count]),
    pairs: meta.key_value_metadata?.map(({ key, value }) => [key, value]),
    unencoded: number(meta.size_statistics?.unencoded_byte_array_data_bytes),
    levels: meta.size_statistics?.definition_level_histogram?.map(Number),
    fileOffset: Number(chunk.file_offset),
    filePath: chunk.file_path,
  };
}
