import * as fc from "fast-check";
import { expect, it } from "vitest";
import { OrdinalRanges, rangesText } from "../src/ordinal-ranges.ts";

it("has what was added to it, in whatever portions and order, and nothing else", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.nat(60), { maxLength: 20, size: "max" }), { maxLength: 12 }),
      (portions) => {
        const ranges = new OrdinalRanges();
        for (const portion of portions) ranges.add(rangesText(portion));
        const wanted = new Set(portions.flat());
        expect(ranges.size).toBe(wanted.size);
        for (let i = 0; i <= 61; i++) expect(ranges.has(i)).toBe(wanted.has(i));
      },
    ),
  );
});

it("writes what follows each other as a range, and passes over what is none", () => {
  expect(rangesText([0, 1, 2, 5, 7, 8])).toBe("0-2,5,7-8");
  const ranges = new OrdinalRanges();
  for (const damaged of ["", "-", "3-1", "x", "1-2-3", "9007199254740993x", "4"]) ranges.add(damaged);
  expect(ranges.size).toBe(1);
});
