import { PitotError } from "@pitot/core";
import { col, type Column } from "./column.ts";
import type { Literal } from "./literal.ts";
import type { Predicate } from "./predicate.ts";
import { predicateTokens, type Token } from "./predicate-tokens.ts";

// Predicates of a command line are short; one this deep is an attack on the stack.
const MAX_DEPTH = 200;
// No column holds more than 76 digits, and BigInt takes seconds for millions.
const LONGEST_NUMBER = 400;

/**
 * A predicate from SQL's words: `year = 2024 and origin in ('SEA', 'PDX')`.
 *
 * Comparisons `= == != <> < <= > >=`, `[not] in (…)`, `[not] between … and …`, `is [not] null`, `is [not] nan`, `and`, `or`, `not`, parentheses.
 * Texts stand in single quotes, doubled inside; names with other signs than letters, digits, `_` and `.` in double quotes.
 * Dates and timestamps are texts, with or without the words `date` and `timestamp` before them.
 * @throws PitotError INVALID_ARGUMENT naming the place where the text makes no sense
 */
export function parsePredicate(text: string): Predicate {
  return new Parser(text).parse();
}

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = predicateTokens(text);
  }

  parse(): Predicate {
    const predicate = this.#or();
    if (this.#peek().kind !== "end") throw this.#error("and, or, or the end");
    return predicate;
  }

  #or(): Predicate {
    let left = this.#and();
    while (this.#takeWord("or")) left = left.or(this.#and());
    return left;
  }

  #and(): Predicate {
    let left = this.#not();
    while (this.#takeWord("and")) left = left.and(this.#not());
    return left;
  }

  #not(): Predicate {
    if (++this.#depth > MAX_DEPTH) throw this.#error(`at most ${MAX_DEPTH} levels of parentheses and not`);
    try {
      if (this.#takeWord("not")) return this.#not().not();
      if (this.#take("(")) {
        const inner = this.#or();
        this.#expect(")");
        return inner;
      }
      return this.#condition();
    } finally {
      this.#depth--;
    }
  }

  #condition(): Predicate {
    const token = this.#peek();
    if (token.kind !== "word" && token.kind !== "name") throw this.#error("a column");
    this.#at++;
    const column = col(token.text);
    if (this.#takeWord("is")) {
      const negated = this.#takeWord("not");
      if (this.#takeWord("null")) return maybeNot(column.isNull(), negated);
      if (this.#takeWord("nan")) return maybeNot(column.isNaN(), negated);
      throw this.#error("null or nan");
    }
    const negated = this.#takeWord("not");
    if (this.#takeWord("in")) return maybeNot(column.isIn(this.#list()), negated);
    if (this.#takeWord("between")) {
      const low = this.#literal();
      if (!this.#takeWord("and")) throw this.#error("and");
      return maybeNot(column.between(low, this.#literal()), negated);
    }
    if (negated) throw this.#error("in or between");
    return this.#comparison(column);
  }

  #comparison(column: Column): Predicate {
    const { kind, text } = this.#peek();
    const compare = kind === "sign" ? COMPARE[text] : undefined;
    if (compare === undefined) throw this.#error("a comparison, in, between or is");
    this.#at++;
    return column[compare](this.#literal());
  }

  #list(): Literal[] {
    this.#expect("(");
    const values = [this.#literal()];
    while (this.#take(",")) values.push(this.#literal());
    this.#expect(")");
    return values;
  }

  #literal(): Literal {
    if (this.#takeWord("true")) return true;
    if (this.#takeWord("false")) return false;
    if (!this.#takeWord("date")) this.#takeWord("timestamp");
    const { kind, text } = this.#peek();
    if (kind !== "number" && kind !== "text") throw this.#error("a number or a text in single quotes");
    if (kind === "text") {
      this.#at++;
      return text;
    }
    const value = exactNumber(text);
    if (value === undefined)
      throw this.#error(
        "a number that a double holds, or a longer one in single quotes for a decimal column,",
      );
    this.#at++;
    return value;
  }

  #peek(): Token {
    return this.#tokens[this.#at]!;
  }

  #take(sign: string): boolean {
    const { kind, text } = this.#peek();
    if (kind !== "sign" || text !== sign) return false;
    this.#at++;
    return true;
  }

  #takeWord(word: string): boolean {
    const { kind, text } = this.#peek();
    if (kind !== "word" || text.toLowerCase() !== word) return false;
    this.#at++;
    return true;
  }

  #expect(sign: string): void {
    if (!this.#take(sign)) throw this.#error(sign);
  }

  #error(expected: string): PitotError {
    const { start } = this.#peek();
    return new PitotError(
      "INVALID_ARGUMENT",
      `Expected ${expected} at position ${start + 1} of the predicate`,
      {
        value: this.#text,
        remedy: "Write it as year = 2024 and origin in ('SEA', 'PDX')",
      },
    );
  }
}

const COMPARE: Readonly<Record<string, "eq" | "ne" | "lt" | "le" | "gt" | "ge">> = {
  "=": "eq",
  "==": "eq",
  "!=": "ne",
  "<>": "ne",
  "<": "lt",
  "<=": "le",
  ">": "gt",
  ">=": "ge",
};

/** The number of a text; undefined where it has more digits than that number is printed with, and so would be compared as another one. */
function exactNumber(text: string): number | bigint | undefined {
  if (text.length > LONGEST_NUMBER) return undefined;
  const value = Number(text);
  if (/^[+-]?\d+$/.test(text)) return Number.isSafeInteger(value) ? value : BigInt(text);
  return significantDigits(text) === significantDigits(String(value)) ? value : undefined;
}

/** Digits between the first and the last that is not 0. */
function significantDigits(text: string): string {
  return text.replace(/e.*$/i, "").replace(/\D/g, "").replace(/^0+/, "").replace(/0+$/, "");
}

function maybeNot(predicate: Predicate, negated: boolean): Predicate {
  return negated ? predicate.not() : predicate;
}
