import { recordViewContractViolations, DiagnosticsCollector } from "@pitot/core";
import { Field, Int32, Int64, List, Schema, Struct, Utf8 } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { checkContract } from "../src/index.ts";

const city = new Field("city", new Utf8(), false, new Map([["unit", "name"]]));
const address = new Field(
  "address",
  new Struct([city, new Field("codes", new List(new Field("item", new Int32(), true)), true)]),
  true,
);
const schema = new Schema(
  [new Field("id", new Int64(), false), address, new Field("a.b", new Utf8(), true)],
  new Map([["version", "2"]]),
);
const check = (columns: Parameters<typeof checkContract>[1]["columns"], more = {}) =>
  checkContract(schema, { tableName: "t", columns, ...more });

describe("a contract", () => {
  it("is kept by nested types to the letter, and by fields inside them", () => {
    const type = "struct<city: string not null, codes: list<item: int32>>";
    expect(
      check(
        [
          { name: "id", type: "int64", nullable: false },
          { name: "address", type, nullable: true },
          { name: "address.city", type: "string", nullable: false, metadata: { unit: "name" } },
          { name: "address.codes.item", type: "int32" },
          { name: "a.b", type: "string" },
        ],
        { exact: true, metadata: { version: "2" } },
      ),
    ).toEqual([]);
    expect(check([{ name: "address", type: "struct<city: string, codes: list<item: int32>>" }])).toEqual([
      {
        violationType: "type_mismatch",
        tableName: "t",
        columnName: "address",
        expected: "struct<city: string, codes: list<item: int32>>",
        actual: type,
      },
    ]);
  });

  it("is broken by what is missing, extra, nullable or otherwise described", () => {
    expect(
      check(
        [
          { name: "address.street", type: "string" },
          { name: "id", nullable: true },
          { name: "address.city", metadata: { unit: "code", language: "en" } },
        ],
        { exact: true, metadata: { version: "1", owner: "us" } },
      ),
    ).toEqual([
      { violationType: "missing_column", tableName: "t", columnName: "address.street", expected: "string" },
      {
        violationType: "nullability_mismatch",
        tableName: "t",
        columnName: "id",
        expected: "nullable",
        actual: "not null",
      },
      {
        violationType: "metadata_mismatch",
        tableName: "t",
        columnName: "address.city",
        expected: "unit=code",
        actual: "unit=name",
      },
      {
        violationType: "metadata_mismatch",
        tableName: "t",
        columnName: "address.city",
        expected: "language=en",
      },
      { violationType: "extra_column", tableName: "t", columnName: "a.b", actual: "string" },
      { violationType: "metadata_mismatch", tableName: "t", expected: "version=1", actual: "version=2" },
      { violationType: "metadata_mismatch", tableName: "t", expected: "owner=us" },
    ]);
  });

  it("counts a second column of a name as extra, and a table that is not there as missing", () => {
    const twins = new Schema([new Field("id", new Int64(), true), new Field("id", new Utf8(), true)]);
    const contract = { tableName: "t", columns: [{ name: "id", type: "int64" }], exact: true };
    expect(checkContract(twins, contract)).toEqual([
      { violationType: "extra_column", tableName: "t", columnName: "id", actual: "string" },
    ]);
    const missing = checkContract(null, contract);
    expect(missing).toEqual([{ violationType: "missing_table", tableName: "t" }]);
    const sink = new DiagnosticsCollector();
    recordViewContractViolations(sink, { tableName: "t", violations: missing });
    expect(JSON.stringify([sink.eventsSnapshot(), sink.artifactsSnapshot()])).toContain("missing_table");
  });
});
