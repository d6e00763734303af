import { PitotError } from "@pitot/core";

/** Where in a table log something is: the file's name, and the line of a commit (from 1) or the row of a checkpoint. */
export interface LogPlace {
  readonly file: string;
  readonly line?: number;
}

/** The error for a log that breaks a rule of the protocol: it names file, line and rule. */
export function logError(place: LogPlace, rule: string, value?: unknown, cause?: unknown): PitotError {
  return new PitotError("INVALID_DATA", `The Delta log breaks a rule at ${placeText(place)}: ${rule}`, {
    ...(value === undefined ? {} : { value }),
    remedy: "Restore the file from its writer, or read a version that does not need it",
    ...(cause === undefined ? {} : { cause }),
  });
}

/** A place as errors tell it. */
export function placeText({ file, line }: LogPlace): string {
  return line === undefined ? file : `${file}, line ${line}`;
}
