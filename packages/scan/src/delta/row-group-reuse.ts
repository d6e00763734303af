import type { SchemaElement } from "hyparquet";
import { CREATED_BY } from "./checkpoint-output.ts";
import type { CheckpointParquet } from "./checkpoint-parquet.ts";
import type { CheckpointReplay } from "./checkpoint-replay.ts";

/**
 * Which row groups of the checkpoint before are copied into the next one, and which are read and written anew.
 *
 * A row group that has files alone, or writes of applications alone, is copied where no commit since names any of them. Small ones at the end are
 * merged nevertheless, when what comes is at least as much: so there are few row groups, and a row is written again as often as the table doubles.
 */
export class RowGroupReuse {
  readonly copied: readonly number[];
  readonly read: readonly number[];

  private constructor(copied: readonly number[], read: readonly number[]) {
    this.copied = copied;
    this.read = read;
  }

  /**
   * @param most rows of a row group
   * @returns undefined where the checkpoint is another writer's, or of another schema
   */
  static async of(
    before: CheckpointParquet,
    schema: readonly SchemaElement[],
    replay: CheckpointReplay,
    most: number,
  ): Promise<RowGroupReuse | undefined> {
    const { metadata } = before;
    if (metadata.created_by !== CREATED_BY || !isSame(metadata.schema, schema)) return undefined;
    const copied: number[] = [];
    const read: number[] = [];
    const coming = { add: replay.adds.length, txn: replay.transactions.length };
    const merging = { add: true, txn: true };
    for (let index = metadata.row_groups.length - 1; index >= 0; index--) {
      const rows = Number(metadata.row_groups[index]!.num_rows);
      const kind = kindOf(before, index, rows);
      if (kind === undefined || !(await isKept(before, index, kind, replay))) {
        read.push(index);
        continue;
      }
      merging[kind] &&= rows <= coming[kind] && rows + coming[kind] <= most;
      if (merging[kind]) coming[kind] += rows;
      (merging[kind] ? read : copied).push(index);
    }
    return new RowGroupReuse(copied.reverse(), read.reverse());
  }
}

/** What all rows of a row group are, if it can be copied at all. */
function kindOf(before: CheckpointParquet, index: number, rows: number): "add" | "txn" | undefined {
  if (before.count(index, "txn", "appId") === rows) return "txn";
  // With a deletion vector, a file's path is not all of its key.
  const isPlain = before.count(index, "add", "deletionVector") === 0;
  return isPlain && before.count(index, "add", "path") === rows ? "add" : undefined;
}

async function isKept(
  before: CheckpointParquet,
  index: number,
  kind: "add" | "txn",
  replay: CheckpointReplay,
): Promise<boolean> {
  const texts = await before.texts(index, kind, kind === "add" ? "path" : "appId");
  if (texts === undefined) return false;
  return kind === "add" ? replay.keepsFiles(texts) : replay.keepsApplications(texts);
}

function isSame(found: readonly SchemaElement[], schema: readonly SchemaElement[]): boolean {
  return (
    found.length === schema.length &&
    schema.every((element, i) =>
      (
        ["name", "type", "repetition_type", "converted_type", "num_children", "scale", "precision"] as const
      ).every((key) => found[i]![key] === element[key]),
    )
  );
}
