import { PitotError } from "@pitot/core";
import type { DataType } from "apache-arrow";
import { isObject } from "./check-argument.ts";
import type { TableInput } from "./table-input.ts";
import { typeString } from "./type-string.ts";

/**
 * The batches of a stream, which is closed where its reader stops.
 * @throws PitotError INVALID_ARGUMENT for what is no stream; IO where it fails, with the number of batches before
 */
export async function* guardedStream(
  batches: AsyncIterable<TableInput> | Iterable<TableInput>,
): AsyncGenerator<TableInput, void, undefined> {
  if (!isObject(batches) || !(Symbol.asyncIterator in batches || Symbol.iterator in batches))
    throw new PitotError("INVALID_ARGUMENT", "This is not a stream of batches", {
      value: batches,
      remedy: "Give an iterable of tables, async or not.",
    });
  let count = 0;
  try {
    for await (const batch of batches) {
      count++;
      yield batch;
    }
  } catch (cause) {
    throw new PitotError("IO", "The stream of batches failed", {
      value: `after ${count} batches`,
      remedy: "What came before is whole; read the rest again.",
      cause,
    });
  }
}

/**
 * What `step` makes of one batch after the other; undefined of none.
 * @throws PitotError as {@link guardedStream}; the `value` of IO is what was made before
 */
export async function foldStream<T>(
  batches: AsyncIterable<TableInput> | Iterable<TableInput>,
  step: (made: T | undefined, batch: TableInput) => T,
): Promise<T | undefined> {
  let made: T | undefined;
  try {
    for await (const batch of guardedStream(batches)) made = step(made, batch);
    return made;
  } catch (error) {
    if (made === undefined || !(error instanceof PitotError) || error.code !== "IO") throw error;
    const { remedy, cause } = error;
    throw new PitotError("IO", "The stream of batches failed after", { value: made, remedy, cause });
  }
}

/** @throws PitotError INVALID_DATA where a batch has other columns than the first of its stream */
export function checkSameColumns(first: readonly NamedType[], batch: readonly NamedType[]): void {
  const [wanted, given] = [first, batch].map((columns) =>
    columns.map(({ name, type }) => `${name}: ${typeString(type)}`).join(", "),
  );
  if (wanted !== given)
    throw new PitotError("INVALID_DATA", "A batch of the stream has other columns than the first", {
      value: given,
      remedy: `Give batches of ${wanted}.`,
    });
}

interface NamedType {
  readonly name: string;
  readonly type: DataType;
}
