// Whatever stands in the place of one argument: an answer, or a PitotError; never an error that knows nothing of what was given.
import { DiagnosticsCollector, PitotError } from "@pitot/core";
import { Int32, tableFromArrays } from "apache-arrow";
import { expect, it } from "vitest";
import {
  assertQuality,
  checkContract,
  ColumnProfile,
  columnProfileTable,
  columnStatsTable,
  concatQualityTables,
  datasetStatsTable,
  HyperLogLog,
  IdSet,
  isTableInput,
  measureStream,
  Moments,
  profileStream,
  profileTable,
  qualityFindings,
  qualityFromDuplicates,
  qualityFromIds,
  qualityFromPlans,
  qualityFromPredicate,
  qualityFromReferences,
  qualityFromStream,
  qualityGroups,
  QuantileSketch,
  recordDatasets,
  recordQualityTable,
  schemaFingerprint,
  schemaPayload,
  tableSummary,
  typeString,
} from "../src/index.ts";

const NONSENSE: readonly unknown[] = [
  undefined,
  null,
  0,
  Number.NaN,
  true,
  "abc",
  "",
  5n,
  Symbol("x"),
  [],
  [null],
  [1],
  {},
  { a: 1 },
  { a: null },
  { a: [1] },
  { name: 1 },
  () => 1,
  new Map([["a", 1]]),
  new Date(Number.NaN),
  Promise.resolve(1),
  new Uint8Array(20),
];

const t = { id: [1, 0, 1] };
const spec = { idCol: "id", entityKind: "NODE", issue: "I" };
const quality = qualityFromIds(t, spec);
const arrow = tableFromArrays({ id: Int32Array.of(1) });
const profile = (): ColumnProfile => profileTable(arrow)[0]!.profile;
const columns = [{ name: "id", type: "int32", nullable: true, metadata: {} }];
const contract = { tableName: "t", columns, exact: true, metadata: {} };

type Call = (...args: never[]) => unknown;
const CALLS: readonly (readonly [name: string, call: Call, args: readonly unknown[]])[] = [
  ["datasetStatsTable", datasetStatsTable, [{ t }]],
  ["columnStatsTable", columnStatsTable, [{ t }]],
  ["tableSummary", tableSummary, [t]],
  ["measureStream", measureStream, [[t]]],
  ["profileTable", profileTable, [t, {}]],
  ["profileStream", profileStream, [[t], {}]],
  ["columnProfileTable", columnProfileTable, [{ t }, {}]],
  ["a ColumnProfile", (...args: [never, never]) => new ColumnProfile(...args), [new Int32(), {}]],
  ["its chunk", (chunk: never) => profile().add(chunk), [arrow.getChild("id")!.data[0]]],
  ["its merge", (other: never) => profile().merge(other), [profile()]],
  [
    "its bytes",
    (...args: [never, never]) => ColumnProfile.fromBytes(...args),
    [new Int32(), profile().bytes()],
  ],
  ["quantiles", (ranks: never) => profile().quantiles.quantiles(ranks), [[0.5]]],
  ["ranks", (edges: never) => profile().quantiles.ranks(edges), [[0.5]]],
  ["a sketch's bytes", (bytes: never) => QuantileSketch.fromBytes(bytes), [new QuantileSketch().bytes()]],
  ["a sketch's merge", (other: never) => new QuantileSketch().merge(other), [new QuantileSketch()]],
  ["sketches", (sketches: never) => profileTable(t, { sketches }), [true]],
  [
    "a HyperLogLog's registers",
    (registers: never) => new HyperLogLog(registers),
    [new HyperLogLog().bytes()],
  ],
  ["a HyperLogLog's merge", (other: never) => new HyperLogLog().merge(other), [new HyperLogLog()]],
  ["a Moments' merge", (other: never) => new Moments().merge(other), [new Moments()]],
  ["qualityFromIds", qualityFromIds, [t, spec, {}]],
  ["qualityFromPlans", qualityFromPlans, [t, [spec], {}]],
  [
    "qualityFromStream",
    async (...args: [never, never, never]) => {
      for await (const found of qualityFromStream(...args)) void found;
    },
    [[t], [spec], {}],
  ],
  ["qualityFromDuplicates", qualityFromDuplicates, [t, spec, {}]],
  ["ids seen", (seen: never) => qualityFromDuplicates(t, spec, { seen }), [new IdSet()]],
  ["qualityFromReferences", qualityFromReferences, [t, spec, new IdSet(), {}]],
  ["qualityFromPredicate", qualityFromPredicate, [t, spec, { column: "id", min: 0 }, {}]],
  ["a row's get", (name: never) => qualityFromPredicate(t, spec, (row) => row.get(name) === 1), ["id"]],
  ["ordinals", (ordinals: never) => qualityFromIds(t, spec, { ordinals }), [true]],
  ["IdSet.add", (...args: [never, never]) => new IdSet().add(...args), [t, "id"]],
  ["concatQualityTables", concatQualityTables, [[quality]]],
  ["qualityGroups", qualityGroups, [quality]],
  ["qualityFindings", qualityFindings, [quality, [{ threshold: 10 }]]],
  ["assertQuality", assertQuality, [quality, [{ threshold: 10 }]]],
  ["a limit", (limit: never) => qualityFindings(quality, [limit]), [{ threshold: 10 }]],
  ["checkContract", checkContract, [arrow.schema, contract]],
  ...Object.entries(contract).map(
    ([term, value]) =>
      [
        `${term} of a contract`,
        (given: never) => checkContract(arrow.schema, { ...contract, [term]: given }),
        [value],
      ] as const,
  ),
  ...Object.entries(columns[0]!).map(
    ([term, value]) =>
      [
        `${term} of a column`,
        (given: never) =>
          checkContract(arrow.schema, { ...contract, columns: [{ ...columns[0]!, [term]: given }] }),
        [value],
      ] as const,
  ),
  ["schemaPayload", schemaPayload, [arrow.schema]],
  ["schemaFingerprint", schemaFingerprint, [arrow.schema]],
  ["typeString", typeString, [new Int32()]],
  ["isTableInput", isTableInput, [t]],
];

it.each(CALLS)("%s takes no nonsense", async (_, call, args) => {
  await call(...(args as never[]));
  const bare: unknown[] = [];
  for (const place of args.keys())
    for (const value of NONSENSE)
      try {
        await call(...(args.with(place, value) as never[]));
      } catch (error) {
        if (!(error instanceof PitotError)) bare.push([place, value, error]);
        else expect(error.remedy, error.message).toBeTruthy();
      }
  expect(bare).toEqual([]);
});

it("what records never throws", () => {
  const sink = new DiagnosticsCollector();
  for (const value of NONSENSE as never[]) {
    recordDatasets(value, { t });
    recordDatasets(sink, value);
    recordDatasets(sink, { t: value });
    recordDatasets(sink, { t }, value);
    recordDatasets(sink, { t }, { columns: value });
    recordQualityTable(value, quality);
    recordQualityTable(sink, value);
  }
});
