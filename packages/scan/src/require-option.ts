import { PitotError } from "@pitot/core";

/** @throws PitotError INVALID_ARGUMENT that names the option, unless its value is what `known` tells */
export function requireOption(name: string, value: unknown, isKnown: boolean, known: string): void {
  if (!isKnown)
    throw new PitotError("INVALID_ARGUMENT", `The option ${name} must be ${known}; it is`, {
      value,
      remedy: `Leave ${name} out, or give ${known}`,
    });
}

/** Refuses what is no signal: a timeout in milliseconds, or the controller in place of what it controls. */
export function requireSignal(signal: AbortSignal | undefined): void {
  requireOption("signal", signal, signal === undefined || signal instanceof AbortSignal, "an AbortSignal");
}

/** Refuses what is no count from `least` up. */
export function requireCount(name: string, value: unknown, least: number): void {
  requireOption(
    name,
    value,
    Number.isSafeInteger(value) && (value as number) >= least,
    `a whole number of ${least} or more`,
  );
}

/** Refuses what is neither a count from `least` up nor Infinity, which is no limit. */
export function requireLimit(name: string, value: unknown, least: number): void {
  if (value !== Infinity) requireCount(name, value, least);
}

/** Refuses what is no list of texts, such as a single one. */
export function requireTexts(name: string, value: unknown): void {
  const isList = Array.isArray(value) && value.every((item) => typeof item === "string");
  requireOption(name, value, value === undefined || isList, "a list of texts");
}
