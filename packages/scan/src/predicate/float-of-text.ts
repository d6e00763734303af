import { Precision, type Float } from "apache-arrow";

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const INFINITY = /^([+-]?)inf(?:inity)?$/i;

/**
 * The value that a float column keeps of a number written down, as logs and folders do it: of 32 bits the nearest one. Undefined where the text is no
 * number, or one beyond the type.
 */
export function floatOfText(text: string, { precision }: Float): number | undefined {
  const infinity = INFINITY.exec(text);
  if (infinity !== null) return infinity[1] === "-" ? -Infinity : Infinity;
  if (/^nan$/i.test(text)) return Number.NaN;
  if (!NUMBER.test(text)) return undefined;
  const value = precision === Precision.SINGLE ? Math.fround(Number(text)) : Number(text);
  return Number.isFinite(value) ? value : undefined;
}
