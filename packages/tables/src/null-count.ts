import type { Data } from "apache-arrow";
import { countInvalid, validWords } from "./validity.ts";

/**
 * Rows of a column that are null, exactly: also where a dictionary has a null among its values, and for unions, whose validity lies in
 * their children. Otherwise counted from the validity bitmaps alone, 32 rows at a time.
 */
export function nullCount(chunks: readonly Data[]): number {
  return chunks.reduce((sum, chunk) => sum + countInvalid(validWords(chunk), chunk.length), 0);
}
