import { PitotError } from "@pitot/core";
import { Table, Utf8, vectorFromArray } from "apache-arrow";
import { expect, it } from "vitest";
import {
  assertQuality,
  checkContract,
  columnProfileTable,
  columnStatsTable,
  concatQualityTables,
  datasetStatsTable,
  measureStream,
  profileStream,
  profileTable,
  qualityFindings,
  qualityFromIds,
  qualityFromPlans,
  qualityFromPredicate,
  qualityFromReferences,
} from "../src/index.ts";

// What JavaScript lets a caller give, and what would have passed for an answer.
const t = { id: [1, 0] };
const spec = { idCol: "id", entityKind: "NODE", issue: "INVALID_ID" };
const quality = qualityFromIds(t, spec);
const nullsIn = (name: string): Table =>
  new Table(
    Object.fromEntries(
      quality.schema.fields.map((field) => [
        field.name,
        vectorFromArray([field.name === name ? null : "x"], new Utf8()),
      ]),
    ),
  );
const never = (value: unknown): never => value as never;

it.each<[string, () => unknown, string]>([
  [
    "a check without a kind",
    () => qualityFromIds(t, never({ idCol: "id", issue: "I" })),
    "no entityKind: undefined",
  ],
  ["a kind that is no text", () => qualityFromIds(t, never({ ...spec, entityKind: 5 })), "no entityKind: 5"],
  ["no check", () => qualityFromIds(t, never(undefined)), "no idCol"],
  ["one check for a list", () => qualityFromPlans(t, never(spec)), "Checks are not a list"],
  [
    "a severity by another name",
    () => assertQuality(quality, never([{ severity: "error" }])),
    'severity: "error"',
  ],
  ["a threshold of NaN", () => assertQuality(quality, [{ threshold: Number.NaN }]), "no number of rows: NaN"],
  [
    "a spec with such a threshold",
    () => qualityFromIds(t, { ...spec, threshold: -1 }),
    "no number of rows: -1",
  ],
  ["one limit for a list", () => assertQuality(quality, never({})), "Limits are not a list"],
  [
    "ordinals from -1 on",
    () => qualityFromIds(t, spec, { firstRow: -1 }),
    "firstRow is no ordinal of a row: -1",
  ],
  ["ordinals from a fraction on", () => qualityFromPredicate(t, spec, () => true, { firstRow: 0.5 }), "0.5"],
  [
    "an async predicate",
    () =>
      qualityFromPredicate(
        t,
        spec,
        never(async () => false),
      ),
    "answers with a promise",
  ],
  ["no predicate", () => qualityFromPredicate(t, spec, never(undefined)), "neither a predicate nor a range"],
  ["a bound of NaN", () => qualityFromPredicate(t, spec, { column: "id", min: Number.NaN }), "nor a range"],
  [
    "known ids in a Set",
    () => qualityFromReferences(t, spec, never(new Set([1]))),
    "not an IdSet: [object Set]",
  ],
  [
    "a table that was not awaited",
    () => columnStatsTable({ t: never(Promise.resolve(t)) }),
    "not a table: [object Promise]",
  ],
  [
    "a Map of columns",
    () => columnStatsTable({ t: never(new Map([["id", [1]]])) }),
    "not a table: [object Map]",
  ],
  ["rows for columns", () => columnStatsTable({ t: never([{ id: 1 }]) }), 'not a table: [{"id":1}]'],
  [
    "a table for its schema",
    () => checkContract(never(quality), { tableName: "t", columns: [] }),
    'not an Arrow schema: "an Arrow table of 1 rows"',
  ],
  [
    "a type for its text",
    () =>
      checkContract(quality.schema, {
        tableName: "t",
        columns: [{ name: "issue", type: never(new Utf8()) }],
      }),
    "not text as typeString gives it: Utf8",
  ],
  ["no datasets", () => datasetStatsTable(never(null)), "not datasets by name: null"],
  [
    "an id beyond int64",
    () => qualityFromIds({ id: [2n ** 70n] }, spec),
    "beyond int64: 1180591620717411303424",
  ],
  [
    "a quality table with a null issue",
    () => concatQualityTables([quality, nullsIn("issue")]),
    "Column issue of a quality table has nulls: 1",
  ],
  [
    "a quality table with a null kind",
    () => concatQualityTables([nullsIn("entity_kind")]),
    "Column entity_kind of a quality table has nulls: 1",
  ],
  [
    "sketches by a word",
    () => profileTable(t, { sketches: never("no") }),
    'sketches is neither true nor false: "no"',
  ],
  ["sketches by a word, of no columns", () => columnProfileTable({}, { sketches: never(0) }), "sketches"],
  ["profile options that are none", () => columnProfileTable({}, never(null)), "Options are not an object"],
  [
    "an issue that is no text",
    () => qualityFindings(quality, [{ issue: never(5) }]),
    "A limit's issue is no text: 5",
  ],
  ["a list of symbols", () => columnStatsTable({ t: { id: [Symbol("x")] } }), "[object Array]"],
])("%s is refused", (_, call, message) => {
  let error: unknown;
  try {
    call();
  } catch (caught) {
    error = caught;
  }
  expect(error).toBeInstanceOf(PitotError);
  expect((error as PitotError).code).toBe("INVALID_ARGUMENT");
  expect((error as PitotError).message).toContain(message);
});

it("sketches by a word are refused of a stream without batches too", async () => {
  await expect(profileStream([], { sketches: never("no") })).rejects.toThrow("sketches is neither");
});

it("no stream is refused", async () => {
  await expect(measureStream(never(undefined))).rejects.toThrow("This is not a stream of batches: undefined");
});
