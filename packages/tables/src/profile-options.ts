import { checkOptions, refused } from "./check-argument.ts";

/** Which statistics a profile has beyond nulls, least and greatest value. */
export interface ProfileOptions {
  /** Distinct values, quantiles, histogram, moments, lengths. Default true. */
  readonly sketches?: boolean;
}

/** Whether there are to be sketches. @throws PitotError INVALID_ARGUMENT for what is neither true nor false, or no options */
export function checkedSketches(options: ProfileOptions): boolean {
  checkOptions(options);
  const { sketches = true } = options;
  if (typeof sketches !== "boolean")
    throw refused("sketches is neither true nor false", sketches, "Give false for nulls and ranges alone.");
  return sketches;
}
