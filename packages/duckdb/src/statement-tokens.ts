/** One token of a statement. */
export interface StatementToken {
  readonly kind: "word" | "name" | "literal" | "parameter" | "sign";
  /** As written, a quoted name without its quotes. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The tokens of DuckDB's dialect: quoted names, strings with doubled quotes, `e'…'` with escapes, dollar quotes, nested comments, numbers
 * with underscores. What is not closed runs to the end, as an engine's error message would show it. Never throws; linear.
 */
export function statementTokens(sql: string): StatementToken[] {
  const tokens: StatementToken[] = [];
  let at = 0;
  while (at < sql.length) {
    const after = skipBlank(sql, at);
    if (after > at) {
      at = after;
      continue;
    }
    const token = nextToken(sql, at, tokens.at(-1));
    tokens.push(token);
    at = token.end;
  }
  return tokens;
}

/** The statements of a text, without the semicolons between them; texts of comments alone are none. */
export function splitStatements(sql: string): string[] {
  const parts: string[] = [];
  let first: StatementToken | undefined;
  let last: StatementToken | undefined;
  const close = (): void => {
    if (first !== undefined && last !== undefined) parts.push(sql.slice(first.start, last.end));
    first = last = undefined;
  };
  for (const token of statementTokens(sql))
    if (token.kind === "sign" && token.text === ";") close();
    else {
      first ??= token;
      last = token;
    }
  close();
  return parts;
}

function nextToken(sql: string, start: number, before: StatementToken | undefined): StatementToken {
  const first = sql[start]!;
  const make = (kind: StatementToken["kind"], end: number, text?: string): StatementToken => ({
    kind,
    text: text ?? sql.slice(start, end),
    start,
    end,
  });
  if (first === "'") return make("literal", closeQuote(sql, start + 1, "'", false));
  if (first === '"') {
    const end = closeQuote(sql, start + 1, '"', false);
    return make("name", end, sql.slice(start + 1, end - 1).replaceAll('""', '"'));
  }
  if (/[eExXbB]/.test(first) && sql[start + 1] === "'")
    return make("literal", closeQuote(sql, start + 2, "'", /[eE]/.test(first)));
  if (first === "$") {
    const tag = match(/\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y, sql, start);
    if (tag !== undefined) {
      const close = sql.indexOf(tag, start + tag.length);
      return make("literal", close < 0 ? sql.length : close + tag.length);
    }
    return make("parameter", start + (match(/\$\w+/y, sql, start)?.length ?? 1));
  }
  if (first === "?") return make("parameter", start + (match(/\?\d*/y, sql, start)?.length ?? 1));
  const number = /[0-9.]/.test(first)
    ? match(/0[xX][0-9a-fA-F_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?/y, sql, start)
    : undefined;
  // `t.1` is no number after a name, and `.` alone is a sign.
  if (number !== undefined && !(first === "." && (before?.kind === "word" || before?.kind === "name")))
    return make("literal", start + number.length);
  const word = match(/[\p{L}_][\p{L}\p{N}_$]*/uy, sql, start);
  return word === undefined ? make("sign", start + 1) : make("word", start + word.length);
}

function skipBlank(sql: string, start: number): number {
  const code = sql.charCodeAt(start);
  if (code <= 32 || code === 0xa0 || code === 0xfeff) return start + 1;
  if (code === 45 && sql.charCodeAt(start + 1) === 45) {
    const end = sql.indexOf("\n", start);
    return end < 0 ? sql.length : end + 1;
  }
  if (code !== 47 || sql.charCodeAt(start + 1) !== 42) return start;
  let depth = 1;
  let at = start + 2;
  for (; at < sql.length && depth > 0; at++)
    if (sql.charCodeAt(at) === 42 && sql.charCodeAt(at + 1) === 47) {
      depth--;
      at++;
    } else if (sql.charCodeAt(at) === 47 && sql.charCodeAt(at + 1) === 42) {
      depth++;
      at++;
    }
  return at;
}

function closeQuote(sql: string, from: number, quote: string, escapes: boolean): number {
  for (let at = from; at < sql.length; at++) {
    if (escapes && sql[at] === "\\") at++;
    else if (sql[at] === quote) {
      if (sql[at + 1] !== quote) return at + 1;
      at++;
    }
  }
  return sql.length;
}

function match(pattern: RegExp, sql: string, start: number): string | undefined {
  pattern.lastIndex = start;
  return pattern.exec(sql)?.[0];
}
