import { LargeUtf8, Field, List, Struct, Utf8 } from "apache-arrow";
import { expect, it } from "vitest";
import { DATA, DATA_V2, DICTIONARY } from "../../src/reading/page-header.ts";
import { isLarge, leastText } from "../../src/reading/text-limit.ts";

const page = {
  compressed: 100,
  uncompressed: 2 ** 30,
  values: 10,
  nulls: 0,
  encoding: 0,
  repetitionBytes: 0,
  definitionBytes: 0,
  isCompressed: true,
  end: 0,
};
const flat = { maxDef: 0, maxRep: 0 };
const nested = { maxDef: 3, maxRep: 1 };

it("knows by headers what text pages have at least", () => {
  expect(leastText({ ...page, type: DICTIONARY }, nested)).toBe(2 ** 30 - 40);
  expect(leastText({ ...page, type: DATA }, flat)).toBe(2 ** 30 - 40);
  // Levels of both kinds, each with its length, and at most two bytes a value.
  expect(leastText({ ...page, type: DATA }, nested)).toBe(2 ** 30 - 40 - 48);
  const second = { ...page, type: DATA_V2, nulls: 5, repetitionBytes: 3, definitionBytes: 4 };
  expect(leastText(second, nested)).toBe(2 ** 30 - 20 - 7);
  // Places in a dictionary say nothing of texts.
  expect(leastText({ ...page, type: DATA, encoding: 8 }, flat)).toBe(0);
  expect(leastText({ ...page, type: DATA, uncompressed: 4 }, nested)).toBe(0);
});

it("finds large texts within other types", () => {
  const of = (type: Utf8 | LargeUtf8): Struct =>
    new Struct([new Field("a", new List(new Field("item", type)))]);
  expect([isLarge(of(new Utf8())), isLarge(of(new LargeUtf8())), isLarge(new LargeUtf8())]).toEqual([
    false,
    true,
    true,
  ]);
});
