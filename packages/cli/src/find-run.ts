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
  if (ids.length === 0)
    throw new PitotError("INVALID_ARGUMENT", "There are no runs yet", {
      value: wanted,
      remedy: "Make one by `pitot run -- node app.js`, or name another folder by --dir.",
    });
  throw new PitotError(
    "INVALID_ARGUMENT",
    found.length === 0 ? "There is no such run" : `${found.length} runs begin like this`,
    {
      value: wanted,
      remedy:
        found.length === 0
          ? "Take an id from `pitot runs`."
          : `Write more of one: ${found.slice(-3).reverse().join(", ")}${found.length > 3 ? ", …" : ""}.`,
    },
  );
}
