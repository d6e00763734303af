import { isUtf8 } from "node:buffer";
import { join } from "node:path";
import { parseExactJson, type ExactValue } from "./exact-json.ts";
import { visitAction, type ActionVisitor } from "./log-actions.ts";
import { logError } from "./log-error.ts";
import { readLogFile } from "./log-file.ts";

/** Bytes of a commit that become text at once: a commit may be larger than the longest string. */
const SLICE = 1 << 22;

/**
 * Hands every action of a commit to the visitor.
 * @param bytes the file's content, where it has been read
 * @throws PitotError INVALID_DATA that names the line where it is torn or breaks a rule, IO where it cannot be read
 */
export async function readCommit(
  folder: string,
  name: string,
  visitor: ActionVisitor,
  signal?: AbortSignal,
  bytes?: Buffer,
): Promise<void> {
  const content = bytes ?? (await readLogFile(join(folder, name), signal));
  visitCommit(content, name, (value, line) => visitAction(value, { file: name, line }, visitor));
}

/** Every line of a commit, parsed. The first line is 1. */
export function visitCommit(
  bytes: Buffer,
  name: string,
  visit: (value: ExactValue, line: number) => void,
): void {
  if (bytes.length === 0)
    throw logError({ file: name }, "the commit is empty; its writer was torn off, or a copy was cut");
  if (!isUtf8(bytes)) throw logError({ file: name }, "a commit must be UTF-8");
  let line = 0;
  let lines = 0;
  for (let from = 0; from < bytes.length;) {
    let to = bytes.length;
    if (to - from > SLICE) {
      // Cut after a line: backwards from the slice's end, or forwards where one line is longer than a slice.
      const newline = bytes.lastIndexOf(10, from + SLICE);
      const end = newline > from ? newline : bytes.indexOf(10, from + SLICE);
      if (end >= 0) to = end + 1;
    }
    const text = bytes.toString("utf8", from, to);
    for (let start = 0; start < text.length;) {
      const newline = text.indexOf("\n", start);
      const end = newline < 0 ? text.length : newline;
      line++;
      const row = text.slice(start, end);
      start = end + 1;
      if (row.trim() === "") continue;
      lines++;
      let value: ExactValue;
      try {
        value = parseExactJson(row);
      } catch (cause) {
        const last = to === bytes.length && newline < 0;
        const torn = last ? " (the last line: the commit is torn)" : "";
        throw logError(
          { file: name, line },
          `the line is not JSON: ${(cause as Error).message}${torn}`,
          undefined,
          cause,
        );
      }
      visit(value, line);
    }
    from = to;
  }
  if (lines === 0) throw logError({ file: name }, "the commit has no action");
}
