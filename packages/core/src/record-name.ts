import { reportOnce } from "./internal/report-once.ts";

const MAX_LENGTH = 256;
// oxlint-disable-next-line no-control-regex -- these are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/g;

/** A name that any back end takes: not empty, at most 256 characters, no control characters. Tells once where it had to change one. */
export function recordName(name: unknown): string {
  const text = typeof name === "string" ? name : String(name);
  if (text !== "" && text.length <= MAX_LENGTH && text.search(CONTROL) < 0) return text;
  reportOnce(
    "record-name",
    `a record name is empty, longer than ${MAX_LENGTH} characters or has control characters; it is recorded under a changed name`,
  );
  const kept = text
    .slice(0, MAX_LENGTH)
    .replace(CONTROL, "\ufffd")
    .replace(/[\ud800-\udbff]$/, "");
  return kept === "" ? "(unnamed)" : kept;
}
