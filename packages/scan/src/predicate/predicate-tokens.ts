import { PitotError } from "@pitot/core";

/** A piece of a predicate's text. Words may be keywords; names stood in double quotes and never are. */
export interface Token {
  readonly kind: "word" | "name" | "number" | "text" | "sign" | "end";
  /** Without quotes. */
  readonly text: string;
  /** Offset in the predicate. */
  readonly start: number;
}

// Texts and names in quotes are found without a regular expression: it takes stack for each of their letters.
const TOKEN =
  /\s+|(?<word>[\p{L}_][\p{L}\p{N}_.]*)|(?<number>[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\p{L}_]))|(?<sign>==|!=|<>|<=|>=|[=<>(),])/uy;

/** The tokens of a predicate, `end` last. */
export function predicateTokens(text: string): Token[] {
  if (typeof text !== "string")
    throw new PitotError("INVALID_ARGUMENT", "A predicate is not a text", {
      value: text,
      remedy: "Write it as year = 2024 and origin in ('SEA', 'PDX')",
    });
  const tokens: Token[] = [];
  for (let start = 0; start < text.length;) {
    const quote = text[start];
    if (quote === "'" || quote === '"') {
      const end = endOfQuotes(text, start);
      const bare = text.slice(start + 1, end - 1).replaceAll(quote + quote, quote);
      if (end === -1 || (quote === '"' && bare === "")) throw noToken(text, start);
      tokens.push({ kind: quote === "'" ? "text" : "name", text: bare, start });
      start = end;
      continue;
    }
    TOKEN.lastIndex = start;
    const match = TOKEN.exec(text);
    if (match === null) throw noToken(text, start);
    for (const kind of ["word", "number", "sign"] as const) {
      const found = match.groups?.[kind];
      if (found === undefined) continue;
      if (kind === "word" && (found.endsWith(".") || found.includes(".."))) throw noToken(text, start);
      tokens.push({ kind, text: found, start });
    }
    start = TOKEN.lastIndex;
  }
  tokens.push({ kind: "end", text: "", start: text.length });
  return tokens;
}

/** The place behind the quote that closes; -1 where none does. Two of them stand for one. */
function endOfQuotes(text: string, start: number): number {
  const quote = text[start]!;
  for (let at = text.indexOf(quote, start + 1); at !== -1; at = text.indexOf(quote, at + 2))
    if (text[at + 1] !== quote) return at + 1;
  return -1;
}

function noToken(text: string, start: number): PitotError {
  return new PitotError("INVALID_ARGUMENT", `There is no sense in position ${start + 1} of the predicate`, {
    value: text,
    remedy: "Put texts in single quotes, and names with other signs in double quotes",
  });
}
