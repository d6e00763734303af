import { PitotError } from "@pitot/core";

/** A piece of a predicate's text. Words may be keywords; names stood in double quotes and never are. */
export interface Token {
  readonly kind: "word" | "name" | "number" | "text" | "sign" | "end";
  /** Without quotes. */
  readonly text: string;
  /** Offset in the predicate. */
  readonly start: number;
}

const TOKEN =
  /\s+|(?<word>[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}\p{N}_]+)*)|"(?<name>(?:[^"]|"")+)"|'(?<text>(?:[^']|'')*)'|(?<number>[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\p{L}_]))|(?<sign>==|!=|<>|<=|>=|[=<>(),])/uy;

/** The tokens of a predicate, `end` last. */
export function predicateTokens(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (let start = 0; start < text.length; start = TOKEN.lastIndex) {
    const match = TOKEN.exec(text);
    if (match === null)
      throw new PitotError(
        "INVALID_ARGUMENT",
        `There is no sense in position ${start + 1} of the predicate`,
        {
          value: text,
          remedy: "Put texts in single quotes, and names with other signs in double quotes",
        },
      );
    for (const kind of ["word", "name", "text", "number", "sign"] as const) {
      const found = match.groups?.[kind];
      if (found === undefined) continue;
      const quote = kind === "name" ? '"' : "'";
      const bare = kind === "name" || kind === "text" ? found.replaceAll(quote + quote, quote) : found;
      tokens.push({ kind, text: bare, start });
    }
  }
  tokens.push({ kind: "end", text: "", start: text.length });
  return tokens;
}
