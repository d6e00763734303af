import { statementTokens, type StatementToken } from "./statement-tokens.ts";

/** What a span tells of a statement. */
export interface StatementDescription {
  /** The text without literals and comments, in one line, at most 4,096 characters. */
  readonly text: string;
  /** `SELECT`, `CREATE TABLE`, …; `BATCH` and the operation they share, for several statements. */
  readonly operation: string;
  /** Operation and targets, at most 255 characters: the span's name. */
  readonly summary: string;
  /** The one table, where there is exactly one. */
  readonly collection: string | undefined;
  readonly statements: number;
}

const TEXT_LIMIT = 4096;
const SUMMARY_LIMIT = 255;
/** Beyond it a statement is data, such as an INSERT of a million values: its beginning tells what it is. */
const READ_LIMIT = 65_536;
const CACHE_SIZE = 1000;
const CACHED_LENGTH = 8192;
const cache = new Map<string, StatementDescription>();

/**
 * Describes a statement for its span. Never throws. A text that was seen before costs a map lookup (≈ 0.1 µs); a new one about
 * 30 ns a character.
 */
export function describeStatement(sql: string): StatementDescription {
  const known = cache.get(sql);
  if (known !== undefined) return known;
  const made = describe(sql);
  if (sql.length <= CACHED_LENGTH) {
    if (cache.size >= CACHE_SIZE) cache.delete(cache.keys().next().value!);
    cache.set(sql, made);
  }
  return made;
}

/** The text without literals and comments, of any length: the same for statements that differ in values only. */
export function withoutLiterals(sql: string): string {
  return sanitize(sql, statementTokens(sql));
}

function describe(sql: string): StatementDescription {
  const read = sql.length > READ_LIMIT ? sql.slice(0, READ_LIMIT) : sql;
  const tokens = statementTokens(read);
  const statements: StatementToken[][] = [[]];
  for (const token of tokens)
    if (token.kind === "sign" && token.text === ";") statements.push([]);
    else statements.at(-1)!.push(token);
  const found = statements.filter((one) => one.length > 0).map(outline);
  const operations = new Set(found.map(({ operation }) => operation));
  const [only] = operations;
  const operation = found.length < 2 ? (only ?? "QUERY") : operations.size === 1 ? `BATCH ${only}` : "BATCH";
  const targets = found.flatMap((one) => one.targets);
  const summary =
    found.length < 2
      ? [operation, ...new Set(targets)].join(" ")
      : found.map((one) => [one.operation, ...one.targets].join(" ")).join("; ");
  const unique = [...new Set(targets)];
  return {
    text: cut(sanitize(read, tokens), TEXT_LIMIT),
    operation: cut(operation, SUMMARY_LIMIT),
    summary: cutWords(summary),
    collection: unique.length === 1 ? unique[0] : undefined,
    statements: found.length,
  };
}

function sanitize(sql: string, tokens: readonly StatementToken[]): string {
  const parts: string[] = [];
  // Depth of each list that follows IN: its members are one, however many there are.
  const lists: number[] = [];
  let depth = 0;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    const before = tokens[i - 1];
    if (token.text === "(" && token.kind === "sign") {
      depth++;
      if (before?.kind === "word" && /^in$/i.test(before.text)) lists.push(depth);
    } else if (token.text === ")" && token.kind === "sign") {
      if (lists.at(-1) === depth) lists.pop();
      depth--;
    }
    const shown = token.kind === "literal" ? "?" : sql.slice(token.start, token.end);
    if (
      lists.at(-1) === depth &&
      shown === "?" &&
      parts.at(-1)?.trim() === "," &&
      parts.at(-2)?.trim() === "?"
    ) {
      parts.pop();
      continue;
    }
    parts.push(before !== undefined && before.end < token.start ? ` ${shown}` : shown);
  }
  return parts.join("");
}

const KINDS = new Set("TABLE VIEW INDEX SCHEMA MACRO FUNCTION SEQUENCE TYPE SECRET DATABASE".split(" "));
const MAIN = new Set("SELECT INSERT UPDATE DELETE MERGE FROM VALUES".split(" "));
/** Words after which FROM names no table: `extract(year FROM x)`, `IS DISTINCT FROM`. */
const FUNCTIONS_WITH_FROM = /^(?:extract|trim|substring|overlay|position)$/i;
const NO_NAME = new Set("SELECT VALUES SET WHERE LATERAL ONLY IF NOT EXISTS AS TABLE".split(" "));

function outline(tokens: readonly StatementToken[]): { operation: string; targets: string[] } {
  const words = tokens.map((token) => (token.kind === "word" ? token.text.toUpperCase() : ""));
  const first = words.findIndex((word) => word !== "");
  const operation = first < 0 ? "QUERY" : operationAt(tokens, words, first);
  const targets: string[] = [];
  const named = new Set<string>();
  const opened: boolean[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    const word = words[i]!;
    if (token.kind === "sign") {
      if (token.text === "(") opened.push(i > 0 && FUNCTIONS_WITH_FROM.test(tokens[i - 1]!.text));
      else if (token.text === ")") opened.pop();
    } else if (word === "AS" && i > 0 && opensQuery(tokens, words, i + 1)) named.add(tokens[i - 1]!.text);
    if (!leadsToName(word, words[i - 1], operation) || opened.at(-1) === true) continue;
    const target = nameAt(tokens, words, i + 1);
    if (target !== undefined && !named.has(target) && !targets.includes(target)) targets.push(target);
  }
  return { operation, targets };
}

function operationAt(tokens: readonly StatementToken[], words: readonly string[], first: number): string {
  const word = words[first]!;
  if (word === "FROM") return "SELECT";
  if (word === "WITH") {
    let depth = 0;
    for (let i = first + 1; i < tokens.length; i++) {
      if (tokens[i]!.kind === "sign") depth += tokens[i]!.text === "(" ? 1 : tokens[i]!.text === ")" ? -1 : 0;
      if (depth === 0 && MAIN.has(words[i]!)) return words[i] === "FROM" ? "SELECT" : words[i]!;
    }
    return "SELECT";
  }
  if (word !== "CREATE" && word !== "DROP" && word !== "ALTER") return word;
  const kind = words.slice(first + 1, first + 6).find((next) => KINDS.has(next));
  return kind === undefined ? word : `${word} ${kind}`;
}

function leadsToName(word: string, before: string | undefined, operation: string): boolean {
  if (word === "FROM") return before !== "DISTINCT";
  if (word === "JOIN" || word === "INTO") return true;
  if (word === "UPDATE") return before === undefined || before === "";
  if (word === "COPY" || word === "DESCRIBE" || word === "SUMMARIZE") return before === undefined;
  return operation.endsWith(` ${word}`) && word !== "SECRET";
}

function opensQuery(tokens: readonly StatementToken[], words: readonly string[], from: number): boolean {
  let at = from;
  while (words[at] === "NOT" || words[at] === "MATERIALIZED") at++;
  return tokens[at]?.text === "(" && tokens[at]?.kind === "sign";
}

/** `a.b."c d"` from `from` on, past `IF NOT EXISTS` and the like; undefined where no name stands there. */
function nameAt(
  tokens: readonly StatementToken[],
  words: readonly string[],
  from: number,
): string | undefined {
  let at = from;
  while (/^(?:IF|NOT|EXISTS|LATERAL|ONLY)$/.test(words[at] ?? "")) at++;
  const parts: string[] = [];
  for (; at < tokens.length; at += 2) {
    const token = tokens[at]!;
    if ((token.kind !== "word" && token.kind !== "name") || NO_NAME.has(words[at]!)) break;
    parts.push(token.text);
    if (tokens[at + 1]?.text !== ".") break;
  }
  return parts.length === 0 ? undefined : parts.join(".");
}

function cut(text: string, limit: number): string {
  return text.length <= limit ? text : text.slice(0, limit).replace(/[\ud800-\udbff]$/, "");
}

/** A summary ends at a word: half a name would be another name. */
function cutWords(summary: string): string {
  if (summary.length <= SUMMARY_LIMIT) return summary;
  const end = summary.lastIndexOf(" ", SUMMARY_LIMIT);
  return cut(summary, end > 0 ? end : SUMMARY_LIMIT);
}
