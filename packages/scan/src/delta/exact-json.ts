/**
 * JSON as a table log has it: two things that `JSON.parse` lets pass would give wrong rows. Of duplicate keys it keeps the last,
 * and numbers beyond 2^53, or decimals of many digits, it rounds.
 *
 * Nearly all texts have neither, so a scan of the characters decides whether `JSON.parse` is exact; only the others are parsed here.
 */

/** A number with more digits than a double keeps: its text. */
export class ExactDecimal {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What exact JSON holds: numbers are `bigint` where they are integers beyond 2^53, {@link ExactDecimal} where a double would round. */
export type ExactValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | ExactDecimal
  | readonly ExactValue[]
  | ExactObject;

/** An object of exact JSON. */
export interface ExactObject {
  readonly [key: string]: ExactValue | undefined;
}

/** Nesting beyond this is refused: no log has it, and it would exhaust the stack. */
const DEPTH = 200;
/** A double keeps every number of up to 15 significant digits. */
const DIGITS = 16;

/**
 * Parses JSON without loss.
 * @throws SyntaxError where the text is not JSON, a key is there twice, or the nesting is deeper than 200
 */
export function parseExactJson(text: string): ExactValue {
  const colons = exactColons(text);
  if (colons >= 0) {
    const value = JSON.parse(text) as ExactValue;
    if (countKeys(value) === colons) return value;
  }
  return new ExactParser(text).parse();
}

/** Colons outside strings, one per key; -1 where a number may be too long for a double. */
function exactColons(text: string): number {
  let colons = 0;
  let depth = 0;
  let run = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 34 /* " */) {
      for (i++; i < text.length; i++) {
        const s = text.charCodeAt(i);
        if (s === 34) break;
        if (s === 92 /* \ */) i++;
      }
      run = 0;
    } else if ((c >= 48 && c <= 57) || c === 46 /* . */) {
      if (++run >= DIGITS) return -1;
    } else {
      run = 0;
      if (c === 58 /* : */) colons++;
      else if (c === 123 /* { */ || c === 91 /* [ */) {
        if (++depth > DEPTH) throw new SyntaxError(`it is nested deeper than ${DEPTH}`);
      } else if (c === 125 || c === 93) depth--;
    }
  }
  return colons;
}

function countKeys(value: ExactValue): number {
  if (typeof value !== "object" || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) for (const item of value as readonly ExactValue[]) count += countKeys(item);
  else
    // Own keys only: what JSON.parse makes has no others.
    for (const key in value as ExactObject) count += 1 + countKeys((value as ExactObject)[key]!);
  return count;
}

const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
// oxlint-disable-next-line no-control-regex
const STRING = /"(?:[^"\\\u0000-\u001f]|\\.)*"/y;
const SPACE = /[ \t\n\r]*/y;

class ExactParser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): ExactValue {
    const value = this.#value(0);
    this.#space();
    if (this.#at < this.#text.length) throw this.#unexpected();
    return value;
  }

  #value(depth: number): ExactValue {
    if (depth > DEPTH) throw new SyntaxError(`it is nested deeper than ${DEPTH}`);
    this.#space();
    switch (this.#text[this.#at]) {
      case "{":
        return this.#object(depth);
      case "[":
        return this.#array(depth);
      case '"':
        return this.#string();
      case "t":
        return this.#word("true", true);
      case "f":
        return this.#word("false", false);
      case "n":
        return this.#word("null", null);
      default:
        return this.#number();
    }
  }

  #object(depth: number): ExactObject {
    const object: Record<string, ExactValue> = {};
    const seen = new Set<string>();
    this.#at++;
    this.#space();
    if (this.#text[this.#at] === "}") {
      this.#at++;
      return object;
    }
    for (;;) {
      this.#space();
      const key = this.#string();
      if (seen.has(key)) throw new SyntaxError(`the key ${JSON.stringify(key)} is there twice`);
      seen.add(key);
      this.#space();
      this.#expect(":");
      const value = this.#value(depth + 1);
      // A key "__proto__" must not become the prototype.
      Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
      this.#space();
      if (this.#text[this.#at] === "}") break;
      this.#expect(",");
    }
    this.#at++;
    return object;
  }

  #array(depth: number): ExactValue[] {
    const items: ExactValue[] = [];
    this.#at++;
    this.#space();
    if (this.#text[this.#at] === "]") {
      this.#at++;
      return items;
    }
    for (;;) {
      items.push(this.#value(depth + 1));
      this.#space();
      if (this.#text[this.#at] === "]") break;
      this.#expect(",");
    }
    this.#at++;
    return items;
  }

  #string(): string {
    STRING.lastIndex = this.#at;
    const token = STRING.exec(this.#text)?.[0];
    if (token === undefined) throw this.#unexpected();
    this.#at += token.length;
    return JSON.parse(token) as string;
  }

  #number(): number | bigint | ExactDecimal {
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (match === null) throw this.#unexpected();
    const [token, fraction, exponent] = match;
    this.#at += token.length;
    if (fraction === undefined && exponent === undefined) {
      const value = Number(token);
      return Number.isSafeInteger(value) ? value : BigInt(token);
    }
    return token.replace(/[eE].*/, "").replace(/\D/g, "").length < DIGITS
      ? Number(token)
      : new ExactDecimal(token);
  }

  #word<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) throw this.#unexpected();
    this.#at += word.length;
    return value;
  }

  #expect(character: string): void {
    if (this.#text[this.#at] !== character) throw this.#unexpected();
    this.#at++;
  }

  #space(): void {
    SPACE.lastIndex = this.#at;
    SPACE.test(this.#text);
    this.#at = SPACE.lastIndex;
  }

  #unexpected(): SyntaxError {
    return new SyntaxError(
      this.#at >= this.#text.length
        ? "it ends in the middle"
        : `there is an unexpected ${JSON.stringify(this.#text[this.#at])} at character ${this.#at + 1}`,
    );
  }
}
