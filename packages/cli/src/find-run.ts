import { PitotError } from "@pitot/core";

/**
 * The one run that is meant by an id, the beginning of one, or `last`.
 *
 * @throws PitotError INVALID_ARGUMENT where there is none, or more than one
 */
export function findRun(ids: readonly string[], wanted: string): string {
  const found =
    wanted === "last" ? ids.slice(-1) : ids.filter((id) => id.startsWith(wanted.replace(/…$/, "")));
  const [id] = found;
  if (id !== undefined && found.length === 1) return id;
  throw new PitotError(
    "INVALID_ARGUMENT",
    found.length === 0 ? "There is no such run" : `${found.length} runs begin like this`,
    {
      value: wanted,
      remedy: "Take an id from `pitot runs`.",
    },
  );
}
