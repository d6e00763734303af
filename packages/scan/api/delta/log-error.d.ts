import { PitotError } from "@pitot/core";
/** Where in a table log something is: the file's name, and the line of a commit (from 1) or the row of a checkpoint. */
export interface LogPlace {
    readonly file: string;
    readonly line?: number;
}
/** The error for a log that breaks a rule of the protocol: it names file, line and rule. */
export declare function logError(place: LogPlace, rule: string, value?: unknown, cause?: unknown): PitotError;
/** A place as errors tell it. */
export declare function placeText({ file, line }: LogPlace): string;
