import type { RangeSource } from "./range-source.ts";
export function httpSource(url: string): RangeSource {
  throw new Error(url);
}
