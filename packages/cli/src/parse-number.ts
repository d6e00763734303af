import { InvalidArgumentError } from "commander";

/** An option's text as a whole number above 0. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value <= 0) throw new InvalidArgumentError("Give a whole number above 0.");
  return value;
}
