import { PitotError } from "@pitot/core";
import { listLog, type LogListing } from "./log-listing.ts";

/** Lists the log and reads from it; again where a file of it was cleaned away between the two. */
export async function readTable<T>(root: string, read: (listing: LogListing) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const listing = await listLog(root);
    try {
      return await read(listing);
    } catch (error) {
      const vanished =
        isGone(error) || (error instanceof PitotError && error.code === "IO" && isGone(error.cause));
      if (!vanished) throw error;
      if (attempt === 3)
        throw new PitotError("IO", "The Delta log changes faster than it can be read", {
          value: listing.folder,
          remedy: "Try again when its cleaning is over.",
          cause: error,
        });
    }
  }
}

function isGone(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === "ENOENT";
}
