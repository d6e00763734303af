import { pageLength } from "./page-levels.ts";
import type { PageBody } from "./stored-pages.ts";

/** Texts where they lie: where each begins in `bytes`, and where it ends. */
export interface LocatedTexts {
  readonly bytes: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** The plain texts of a page or a dictionary, each of which has its length before it. @throws RangeError where the page ends before them */
export function locatedTexts({ bytes, at: start }: PageBody, count: number): LocatedTexts {
  if (start + 4 * count > bytes.length) throw new RangeError("a page ends before its values");
  const [starts, ends] = [new Int32Array(count), new Int32Array(count)];
  let at = start;
  for (let i = 0; i < count; i++) {
    const length = pageLength(bytes, at);
    starts[i] = at + 4;
    ends[i] = at += 4 + length;
    if (at > bytes.length) throw new RangeError("a text is longer than its page");
  }
  return { bytes, starts, ends };
}
