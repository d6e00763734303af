import { PitotError } from "@pitot/core";
import { missingFile } from "./log-file.ts";
import { listLog, type LogListing } from "./log-listing.ts";

/** Lists the log and reads from it; again where a file of it was cleaned away between the two. */
export async function readTable<T>(root: string, read: (listing: LogListing) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const listing = await listLog(root);
    try {
      return await read(listing);
    } catch (error) {
      const missing = missingFile(error);
      if (missing === undefined) throw error;
      if (attempt === 3)
        throw new PitotError(
          "IO",
          "A file that the Delta log lists is not there, however often it is listed",
          {
            value: missing.path ?? listing.folder,
            remedy: "Try again when its cleaning is over; a link that leads nowhere must be removed.",
            cause: error,
          },
        );
    }
  }
}
