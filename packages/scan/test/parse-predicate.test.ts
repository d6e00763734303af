import { PitotError } from "@pitot/core";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { col, parsePredicate, type Literal, type Predicate } from "../src/index.ts";

/** A predicate, and a text that says it. */
interface Said {
  readonly text: string;
  readonly predicate: Predicate;
}

const KEYWORDS = new Set("and or not in is between null nan true false date timestamp".split(" "));

/** A name as it may be written: bare where its signs allow it, else in quotes. */
const name = fc.oneof(
  fc
    .stringMatching(/^[a-zé_Ωж][a-z0-9_ü]{0,6}(\.[a-z0-9]{1,3})?$/u)
    .filter((text) => !KEYWORDS.has(text))
    .map((text) => ({ text, path: text })),
  fc
    .string({ minLength: 1, maxLength: 8, unit: "binary" })
    .map((path) => ({ text: `"${path.replaceAll('"', '""')}"`, path })),
  fc.constantFrom(...KEYWORDS).map((path) => ({ text: `"${path}"`, path })),
);

const literal: fc.Arbitrary<{ readonly text: string; readonly value: Literal }> = fc.oneof(
  fc
    .string({ maxLength: 12, unit: "binary" })
    .map((value) => ({ text: `'${value.replaceAll("'", "''")}'`, value })),
  fc.maxSafeInteger().map((value) => ({ text: String(value), value })),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => ({ text: String(value), value })),
  fc
    .bigInt({ min: 2n ** 53n, max: 2n ** 250n })
    .chain((size) => fc.constantFrom(size, -size))
    .map((value) => ({ text: String(value), value })),
  fc.boolean().map((value) => ({ text: value ? "TRUE" : "false", value })),
  fc.constant({ text: "timestamp '2024-01-31 12:00:00'", value: "2024-01-31 12:00:00" }),
);

/** What may stand between two words. */
const gap = fc.constantFrom(" ", "\n\t ", "\u00A0", "  ");

const condition: fc.Arbitrary<Said> = fc
  .tuple(name, fc.array(literal, { minLength: 2, maxLength: 5 }), fc.integer({ min: 0, max: 12 }), gap)
  .map(([{ text, path }, values, how, _]) => {
    const column = col(path);
    const [a, b] = values as [(typeof values)[0], (typeof values)[0]];
    const list = `(${values.map((value) => value.text).join(`${_},`)})`;
    const listed = column.isIn(values.map(({ value }) => value));
    const forms: readonly [string, Predicate][] = [
      [`${text}${_}=${_}${a.text}`, column.eq(a.value)],
      [`${text}==${a.text}`, column.eq(a.value)],
      [`${text} != ${a.text}`, column.ne(a.value)],
      [`${text}<>${a.text}`, column.ne(a.value)],
      [`${text} <${a.text}`, column.lt(a.value)],
      [`${text}<=${a.text}`, column.le(a.value)],
      [`${text} > ${a.text}`, column.gt(a.value)],
      [`${text}>=${a.text}`, column.ge(a.value)],
      [`${text}${_}In${_}${list}`, listed],
      [`${text} NOT in${list}`, listed.not()],
      [`${text} between ${a.text}${_}AND${_}${b.text}`, column.between(a.value, b.value)],
      [`${text}${_}is${_}NOT${_}null`, column.isNull().not()],
      [`${text} is nan`, column.isNaN()],
    ];
    const [said, predicate] = forms[how]!;
    return { text: said, predicate };
  });

const said = fc.letrec<{ said: Said }>((tie) => ({
  said: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    condition,
    fc.tuple(tie("said"), tie("said"), gap).map(([a, b, _]) => ({
      text: `(${a.text})${_}and${_}(${b.text})`,
      predicate: a.predicate.and(b.predicate),
    })),
    fc.tuple(tie("said"), tie("said"), gap).map(([a, b, _]) => ({
      text: `(${a.text}) OR (${b.text}${_})`,
      predicate: a.predicate.or(b.predicate),
    })),
    tie("said").map(({ text, predicate }) => ({ text: `not(${text})`, predicate: predicate.not() })),
  ),
})).said;

/** Predicates that are printed alike are alike: the print has columns, literals and connectives, in order. */
const printed = (predicate: Predicate): [string, readonly string[]] => [
  predicate.toString(),
  predicate.columns,
];

describe("what a text says", () => {
  it("is the predicate that was written", () => {
    fc.assert(
      fc.property(said, ({ text, predicate }) => {
        expect(printed(parsePredicate(text))).toEqual(printed(predicate));
      }),
      { numRuns: 2000 },
    );
  });

  it("binds not before and, and before or, from the left", () => {
    const [a, b, c, d] = ["a", "b", "c", "d"].map((path) => col(path).eq(1)) as [
      Predicate,
      Predicate,
      Predicate,
      Predicate,
    ];
    expect(String(parsePredicate("a = 1 or b = 1 and not c = 1 and d = 1"))).toBe(
      String(a.or(b.and(c.not()).and(d))),
    );
    expect(String(parsePredicate("a = 1 or b = 1 or c = 1"))).toBe(String(a.or(b).or(c)));
  });

  it("is refused where it is garbage, and by nothing but a PitotError", () => {
    const piece = fc.oneof(
      fc.string({ unit: "binary", maxLength: 6 }),
      fc.constantFrom(
        "a",
        "'x'",
        '"n"',
        "1",
        "1.5e3",
        "'",
        '"',
        "(",
        ")",
        ",",
        "=",
        "<",
        "and",
        "or",
        "not",
        "in",
        "is",
        "null",
        "between",
        ".",
        "\\",
        "\0",
        "\uD800",
      ),
    );
    let accepted = 0;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(piece, fc.constantFrom("", " ")), { maxLength: 12 }),
        said,
        fc.nat(),
        fc.boolean(),
        (pieces, { text }, at, spliced) => {
          const garbage = pieces.flat().join("");
          const place = at % (text.length + 1);
          const tried = spliced ? text.slice(0, place) + garbage + text.slice(place + (at % 3)) : garbage;
          try {
            // What is taken can be printed and judged.
            const predicate = parsePredicate(tried);
            predicate.outcomes(() => undefined);
            void predicate.toString();
            accepted++;
          } catch (error) {
            expect(error).toBeInstanceOf(PitotError);
            expect((error as PitotError).code).toBe("INVALID_ARGUMENT");
            expect((error as PitotError).message.length).toBeLessThan(500);
          }
        },
      ),
      { numRuns: 5000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });

  it("must be a text", () => {
    for (const none of [undefined, null, 5, {}, ["a = 1"]])
      expect(() => parsePredicate(none as never)).toThrow(/not a text/);
  });
});

describe("numbers", () => {
  it("are taken exactly, or not at all", () => {
    expect(String(parsePredicate("d = 0.1234567890123456"))).toBe("(d == 0.1234567890123456)");
    expect(String(parsePredicate(`d = ${10n ** 75n}`))).toBe(`(d == ${10n ** 75n})`);
    // Another number than the one that is written: the decimal of that value would not be found.
    for (const text of ["0.12345678901234567890", "1e400", "1e-400", "9".repeat(1_000_000)])
      expect(() => parsePredicate(`d = ${text}`), text.slice(0, 30)).toThrow(/single quotes for a decimal/);
  });
});

describe("size", () => {
  const long = 1_000_000;
  it.each<[string, string, boolean]>([
    ["a text", `a = '${"x".repeat(20 * long)}'`, true],
    ["a text of quotes", `a = '${"''".repeat(long)}'`, true],
    ["a text without an end", `a = '${"x".repeat(20 * long)}`, false],
    ["a name", `"${"x".repeat(20 * long)}" = 1`, true],
    ["a path", `${"x.".repeat(long)}x = 1`, true],
    ["spaces", `a ${" ".repeat(20 * long)}= 1`, true],
    ["a list", `a in (${Array.from({ length: 100_000 }, (_, i) => i).join()})`, true],
    ["a chain", Array.from({ length: 50_000 }, (_, i) => `a = ${i}`).join(" or "), true],
    ["parentheses", `${"(".repeat(long)}a = 1`, false],
    ["parentheses in pairs", `${"(".repeat(201)}a = 1${")".repeat(201)}`, false],
    ["not", `${"not ".repeat(long)}a = 1`, false],
    ["signs", "=".repeat(long), false],
  ])("of %s takes no stack", (_, text, isTaken) => {
    if (!isTaken) {
      expect(() => parsePredicate(text)).toThrow(PitotError);
      return;
    }
    const predicate = parsePredicate(text);
    expect(predicate.outcomes(() => undefined).canBeTrue).toBe(true);
    expect(predicate.evaluate(() => null)).toBeNull();
    expect(predicate.toString()).toContain(predicate.columns[0]);
  });

  it("of a chain that is built from either side takes none, and levels are bounded by name", () => {
    const parts = Array.from({ length: 50_000 }, (_, i) => col("a").eq(i));
    for (const chain of [
      parts.reduce<Predicate>((all, part) => all.or(part), col("a").isNull()),
      parts.reduceRight<Predicate>((all, part) => part.or(all), col("a").isNull()),
    ]) {
      expect(chain.evaluate(() => 49_999)).toBe(true);
      expect(chain.outcomes(() => undefined).canBeTrue).toBe(true);
    }
    let deep: Predicate = col("a").eq(1);
    expect(() => {
      for (let i = 0; i < 5000; i++) deep = i % 2 === 0 ? deep.or(col("a").eq(i)) : deep.and(col("b").eq(i));
    }).toThrow(/too many levels/);
    expect(deep.outcomes(() => undefined).canBeTrue).toBe(true);
    expect(deep.toString().length).toBeGreaterThan(1000);
  });
});
