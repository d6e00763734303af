import { DataType, Field, Float64, Int64, List, Schema, Utf8, type Table } from "apache-arrow";
import { checkSameColumns, foldStream } from "./batch-stream.ts";
import { orderedText } from "./canonical-text.ts";
import { ColumnProfile } from "./column-profile.ts";
import { checkDatasets } from "./dataset-stats.ts";
import { isOrdered, type Ordered } from "./ordered.ts";
import { checkedSketches, type ProfileOptions } from "./profile-options.ts";
import { tableView, type TableInput } from "./table-input.ts";
import { tableOf } from "./table-of.ts";
import { typeString } from "./type-string.ts";

/** Ranks of `quantiles`, in the schema's metadata too. */
export const PROFILE_RANKS: readonly number[] = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];
const BINS = 20;
const doubles = (): List<Float64> => new List(new Field("item", new Float64(), false));

/**
 * One row per column. `min` and `max` are exact, in the type's canonical text; −0 is 0, and NaN is no value: it is only counted. `distinct_estimate` has a standard error of
 * 1.15 %. `quantiles` are at the ranks of `pitot.ranks`, of a true rank within 1 % in 99 of 100; numbers, and times in the column's own
 * unit. `histogram` has 20 bins of equal width between `min` and `max`, or the finite values next to them, as parts of all values, from the same sketch; infinities are in the
 * outermost bins. `stddev` is
 * the sample's. Lengths are in bytes. What a type does not have is null.
 */
export const COLUMN_PROFILE_SCHEMA: Schema = new Schema(
  [
    new Field("dataset_name", new Utf8(), true),
    new Field("column_name", new Utf8(), true),
    new Field("type", new Utf8(), true),
    new Field("rows", new Int64(), true),
    new Field("null_count", new Int64(), true),
    new Field("min", new Utf8(), true),
    new Field("max", new Utf8(), true),
    new Field("distinct_estimate", new Int64(), true),
    new Field("nan_count", new Int64(), true),
    new Field("infinity_count", new Int64(), true),
    new Field("true_count", new Int64(), true),
    new Field("false_count", new Int64(), true),
    new Field("mean", new Float64(), true),
    new Field("stddev", new Float64(), true),
    new Field("quantiles", doubles(), true),
    new Field("histogram", doubles(), true),
    new Field("min_length", new Int64(), true),
    new Field("max_length", new Int64(), true),
    new Field("mean_length", new Float64(), true),
  ],
  new Map([["pitot.ranks", PROFILE_RANKS.join(",")]]),
);

/** The profiles of a dataset's columns, in their order. */
export type DatasetProfile = readonly { readonly name: string; readonly profile: ColumnProfile }[];

/** Profiles every column of a table. @throws PitotError as every function that takes a table, and for options that are none */
export function profileTable(table: TableInput, options: ProfileOptions = {}): DatasetProfile {
  checkedSketches(options);
  return tableView(table).columns.map(({ name, type, chunks }) => {
    const profile = new ColumnProfile(type, options);
    for (const chunk of chunks) profile.add(chunk);
    return { name, profile };
  });
}

/**
 * Profiles a stream of batches, holding one at a time; the same as of one table with all of them.
 * @throws PitotError IO where the stream fails: its `cause` is the stream's error, its `value` the {@link DatasetProfile} up to there; INVALID_DATA where a
 * batch has other columns than the first
 */
export async function profileStream(
  batches: AsyncIterable<TableInput> | Iterable<TableInput>,
  options: ProfileOptions = {},
): Promise<DatasetProfile> {
  checkedSketches(options);
  const profiles = await foldStream(batches, (all: DatasetProfile | undefined, batch) => {
    if (all === undefined) return profileTable(batch, options);
    const { columns } = tableView(batch);
    checkSameColumns(
      all.map(({ name, profile: { type } }) => ({ name, type })),
      columns,
    );
    columns.forEach(({ chunks }, i) => {
      for (const chunk of chunks) all[i]!.profile.add(chunk);
    });
    return all;
  });
  return profiles ?? [];
}

/**
 * Profiles of datasets as a table of {@link COLUMN_PROFILE_SCHEMA}. A dataset that is null is left out.
 * @throws PitotError as every function that takes a table
 */
export function columnProfileTable(
  datasets: Readonly<Record<string, TableInput | DatasetProfile | null>>,
  options: ProfileOptions = {},
): Table {
  checkDatasets(datasets);
  checkedSketches(options);
  const rows = Object.entries(datasets).flatMap(([dataset, input]) => {
    if (input === null) return [];
    const profiles = isProfile(input) ? input : profileTable(input, options);
    return profiles.map(({ name, profile }) => [dataset, name, ...profileRow(profile)]);
  });
  return tableOf(
    COLUMN_PROFILE_SCHEMA,
    COLUMN_PROFILE_SCHEMA.fields.map((_, i) => rows.map((row) => row[i])),
  );
}

function isProfile(input: TableInput | DatasetProfile): input is DatasetProfile {
  return (
    Array.isArray(input) &&
    input.every((column: Partial<DatasetProfile[number]> | null) => column?.profile instanceof ColumnProfile)
  );
}

/** The columns of the schema from `type` on. */
function profileRow(profile: ColumnProfile): unknown[] {
  const { type, range, numeric, sketched } = profile;
  const held = profile.rows - profile.nullCount;
  const text = (value: Ordered | undefined): string | null =>
    value === undefined ? null : orderedText(type, value);
  const when = <T>(given: boolean, value: () => T): T | null => (given ? value() : null);
  const isFloat = DataType.isFloat(type);
  const isBool = DataType.isBool(type);
  const hasLengths = profile.maxLength >= 0;
  const hasNumbers = numeric && profile.quantiles.count > 0;
  return [
    typeString(type),
    BigInt(profile.rows),
    BigInt(profile.nullCount),
    text(range?.min),
    text(range?.max),
    when(sketched && isOrdered(type), () => BigInt(profile.distinct.estimate())),
    when(isFloat, () => BigInt(profile.nanCount)),
    when(isFloat, () => BigInt(profile.infinityCount)),
    when(isBool, () => BigInt(profile.trueCount)),
    when(isBool, () => BigInt(profile.falseCount)),
    when(numeric && profile.moments.count > 0, () => profile.moments.mean),
    when(numeric && profile.moments.count > 1, () => profile.moments.deviation),
    when(hasNumbers, () => profile.quantiles.quantiles(PROFILE_RANKS)),
    when(hasNumbers, () => histogram(profile)),
    when(hasLengths, () => BigInt(profile.minLength)),
    when(hasLengths, () => BigInt(profile.maxLength)),
    when(hasLengths, () => profile.totalLength / held),
  ];
}

/** Parts of all values in bins of equal width, from the sketch; null where no value is finite. */
function histogram({ type, range, quantiles }: ColumnProfile): number[] | null {
  if (range === undefined) return null;
  const bounds = [range.min, range.max].map((bound) =>
    Number(DataType.isDecimal(type) ? orderedText(type, bound) : bound),
  );
  const finite = bounds.every(Number.isFinite) ? bounds : quantiles.finiteBounds();
  if (finite === undefined) return null;
  const [min, max] = bounds.map((bound, i) => (Number.isFinite(bound) ? bound : finite[i]!)) as [
    number,
    number,
  ];
  // From the nearer bound, so that nothing goes beyond the largest double.
  const width = max / BINS - min / BINS;
  const edges = Array.from({ length: BINS - 1 }, (_, i) =>
    i < BINS / 2 ? min + width * (i + 1) : max - width * (BINS - 1 - i),
  );
  const ranks = [...quantiles.ranks(edges), 1];
  return ranks.map((rank, i) => rank - (ranks[i - 1] ?? 0));
}
