import { Table, tableToIPC, Vector } from "apache-arrow";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  columnStatsTable,
  concatQualityTables,
  datasetStatsTable,
  IdSet,
  qualityFromDuplicates,
  qualityFromIds,
  qualityFromReferences,
  tableSummary,
  typeString,
} from "../src/index.ts";
import { arbitraryColumn, typeAndValues, TYPES } from "./arbitrary-columns.ts";

const SPEC = { idCol: "id", entityKind: "NODE", issue: "INVALID_ID", sourceTable: "nodes" };
const RUNS = { numRuns: 60 };
/** What `get` gives, as a look at one value at a time sees it. */
const valuesOf = (table: Table): unknown[] =>
  Array.from({ length: table.numRows }, (_, i) => table.getChild("id")!.get(i));
const ordinalsOf = (table: Table): number[] => [...(table.getChild("row_ordinal") ?? [])].map(Number);

function isInvalid(value: unknown): boolean {
  if (value === null || value === 0 || value === 0n || value === "0") return true;
  if (value instanceof Uint32Array) return value.every((word) => word === 0);
  return value instanceof Uint8Array && value.length === 1 && value[0] === 0x30;
}

/** Ids of one value are the same text. */
function key(value: unknown): string {
  if (value instanceof Uint8Array || value instanceof Uint32Array) return Array.from(value).join();
  return value === 0 ? "0" : String(value);
}

const holdsIds = Object.keys(TYPES).filter((name) =>
  /^(u?int|halffloat|float|double|decimal|string|large_string|binary|large_binary|fixed_size_binary|dictionary)/.test(
    name,
  ),
);

describe.each(Object.keys(TYPES))("a column of %s", (name) => {
  it("has its pyarrow type string and exact nulls, sliced, chunked and through IPC", () => {
    expect(typeString(typeAndValues(name)[0]())).toBe(name);
    fc.assert(
      fc.property(arbitraryColumn(name), ({ table, length }) => {
        const stats = columnStatsTable({ table });
        expect(stats.getChild("null_count")!.get(0)).toBe(
          BigInt(valuesOf(table).filter((value) => value === null).length),
        );
        expect(stats.getChild("type")!.get(0)).toBe(name);
        expect(datasetStatsTable({ table }).getChild("rows")!.get(0)).toBe(BigInt(length));
        expect(tableSummary(table)).toMatchObject({ rows: length, columns: 1 });
      }),
      RUNS,
    );
  });
});

describe.each(holdsIds)("ids of %s", (name) => {
  it("are invalid, duplicate and unknown where a look at each value says so", () => {
    fc.assert(
      fc.property(arbitraryColumn(name), arbitraryColumn(name), ({ table }, other) => {
        const values = valuesOf(table);
        const rows = (test: (value: unknown, row: number) => boolean): number[] =>
          values.flatMap((value, row) => (test(value, row) ? [row] : []));

        const invalid = qualityFromIds(table, SPEC, { ordinals: true });
        expect(ordinalsOf(invalid)).toEqual(rows(isInvalid));
        expect([...(invalid.getChild("entity_id") ?? [])]).toEqual(
          values.filter(isInvalid).map((value) => (value === null ? null : "0")),
        );

        const seen = new Set<string>();
        const again = rows((value) => value !== null && (seen.has(key(value)) || !seen.add(key(value))));
        expect(ordinalsOf(qualityFromDuplicates(table, SPEC, { ordinals: true }))).toEqual(again);

        const known = new Set(
          valuesOf(other.table)
            .filter((value) => value !== null)
            .map(key),
        );
        const absent = rows((value) => value !== null && !known.has(key(value)));
        expect(
          ordinalsOf(
            qualityFromReferences(table, SPEC, new IdSet().add(other.table, "id"), { ordinals: true }),
          ),
        ).toEqual(absent);
      }),
      RUNS,
    );
  });

  it("are the same of a table, of its batches one by one, and of its IPC bytes", () => {
    fc.assert(
      fc.property(arbitraryColumn(name), ({ table }) => {
        const whole = tableToIPC(qualityFromIds(table, SPEC, { ordinals: true }), "file");
        let firstRow = 0;
        const parts = table.batches.map((batch) => {
          const found = qualityFromIds(batch, SPEC, { ordinals: true, firstRow });
          firstRow += batch.numRows;
          return found;
        });
        const text = (rows: Table) =>
          JSON.stringify(
            rows.toArray().map((row) => (row as { toJSON(): object }).toJSON()),
            (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value),
          );
        expect(
          text(
            concatQualityTables(
              parts.length === 0 ? [qualityFromIds(table, SPEC, { ordinals: true })] : parts,
            ),
          ),
        ).toBe(text(concatQualityTables([whole])));
        if (table.numRows > 0)
          expect(text(qualityFromIds(tableToIPC(table, "stream"), SPEC))).toBe(
            text(qualityFromIds({ id: table.getChild("id") as Vector }, SPEC)),
          );
      }),
      RUNS,
    );
  });
});

it.each(Object.keys(TYPES).filter((name) => !holdsIds.includes(name)))("refuses ids of %s", (name) => {
  fc.assert(
    fc.property(arbitraryColumn(name), ({ table }) => {
      expect(() => qualityFromIds(table, SPEC)).toThrow("is of a type that holds no ids");
    }),
    { numRuns: 5 },
  );
});
