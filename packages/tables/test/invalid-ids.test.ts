// Zeros that are alone, near each other, and all that there is: each has a loop of its own, as have nulls and 64-bit integers.
import { makeVector, Table, type Vector } from "apache-arrow";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { qualityFromIds } from "../src/index.ts";

const spec = { idCol: "id", entityKind: "NODE", issue: "INVALID_ID", sourceTable: "nodes" };
/** Arrays, what is no zero there but looks like one, and what is. */
const ARRAYS = [
  [Int32Array, 7, 0],
  [Uint8Array, 7, 0],
  [Int16Array, 7, 0],
  [Float32Array, Number.NaN, -0],
  [Float64Array, 5e-324, -0],
  // Its bits are those of the double −0.
  [BigInt64Array, -(2n ** 63n), 0n],
  [BigUint64Array, 2n ** 63n, 0n],
] as const;

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
      fc.boolean(),
      fc.array(fc.nat(300_000), { maxLength: 3 }),
      ([Numbers, other, zero], first, gaps, rest, nullable, cuts) => {
        const zeros = gaps.reduce((places, gap) => [...places, places.at(-1)! + gap], [first]);
        const values = new Numbers(zeros.at(-1)! + 1 + rest).fill(other as never);
        for (const place of zeros) values[place] = zero;
        // Every third zero is under a null.
        const validity = new Uint8Array((values.length + 7) >>> 3).fill(255);
        const isNull = (_: number, i: number): boolean => nullable && i % 3 === 0;
        for (const place of zeros.filter(isNull)) validity[place >>> 3]! &= ~(1 << (place & 7));
        const { type } = makeVector(values as Int32Array) as Vector;
        const whole = new Table({
          id: makeVector({ type, data: values, nullBitmap: validity } as never) as Vector,
        });
        const ends = [...cuts.map((cut) => cut % values.length), values.length].toSorted((a, b) => a - b);
        const [head, ...parts] = ends.map((end, i) => whole.slice(ends[i - 1] ?? 0, end)) as [
          Table,
          ...Table[],
        ];
        const quality = qualityFromIds(head.concat(...parts), spec, { ordinals: true });
        expect(Array.from(quality.getChild("row_ordinal")!, Number)).toEqual(zeros);
        expect(Array.from(quality.getChild("entity_id")!)).toEqual(
          zeros.map((place, i) => (isNull(place, i) ? null : "0")),
        );
      },
    ),
    { numRuns: 200 },
  );
});
