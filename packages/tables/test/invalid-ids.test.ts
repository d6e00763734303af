// Zeros that are alone, near each other, and all that there is: each has a loop of its own.
import { makeVector, Table } from "apache-arrow";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { qualityFromIds } from "../src/index.ts";

const spec = { idCol: "id", entityKind: "NODE", issue: "INVALID_ID", sourceTable: "nodes" };
const ARRAYS = [Int32Array, Uint8Array, Int16Array, Float32Array, Float64Array];

/** Gaps between zeros, of very different widths. */
const arbitraryGaps = fc.array(
  fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 70 }), fc.integer({ min: 60, max: 5000 })),
  { maxLength: 200, size: "max" },
);

it("are found however far they are from each other", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...ARRAYS),
      fc.nat(70),
      arbitraryGaps,
      fc.nat(70),
      (Numbers, first, gaps, rest) => {
        const zeros = gaps.reduce((places, gap) => [...places, places.at(-1)! + gap], [first]);
        const values = new Numbers(zeros.at(-1)! + 1 + rest).fill(7);
        for (const zero of zeros) values[zero] = 0;
        const quality = qualityFromIds(new Table({ id: makeVector(values) }), spec, { ordinals: true });
        expect(Array.from(quality.getChild("row_ordinal")!, Number)).toEqual(zeros);
      },
    ),
    { numRuns: 200 },
  );
});
