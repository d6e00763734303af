import { PitotError } from "@pitot/core";
import type { Dataset } from "./dataset.ts";

/** Refuses what is no dataset, such as its path. */
export function requireDataset(dataset: Dataset): void {
  if (typeof (dataset as Partial<Dataset> | undefined)?.plan !== "function")
    throw new PitotError("INVALID_ARGUMENT", "This is no dataset", {
      value: dataset,
      remedy: "Give what openDataset gives",
    });
}
