import { stat } from "node:fs/promises";
import { join } from "node:path";
import { CheckpointParquet, type CheckpointSink } from "./checkpoint-parquet.ts";
import { visitCommit } from "./commit-reader.ts";
import type { ExactObject } from "./exact-json.ts";
import { visitAction, type ActionVisitor } from "./log-actions.ts";
import { logError, type LogPlace } from "./log-error.ts";
import { readLogFile } from "./log-file.ts";
import type { CheckpointFiles } from "./log-listing.ts";
import { resolveTablePath } from "./table-path.ts";

const ACTIONS: ReadonlySet<string> = new Set([
  "add",
  "protocol",
  "metaData",
  "txn",
  "domainMetadata",
  "checkpointMetadata",
  "sidecar",
]);

/** How a checkpoint is read. */
export interface ReadCheckpointOptions {
  readonly signal?: AbortSignal | undefined;
  /** Hands over removed files too. A snapshot needs none: a checkpoint's files are those that are left. */
  readonly tombstones?: boolean;
  /** False where the table's files are not asked for, which is most of a checkpoint. */
  readonly files?: boolean;
  /** Hands over every field of files, not only those that a snapshot needs. */
  readonly whole?: boolean;
}

/** Hands every action of a checkpoint to the visitor, row group by row group. */
export async function readCheckpoint(
  folder: string,
  checkpoint: CheckpointFiles,
  visitor: ActionVisitor,
  options: ReadCheckpointOptions = {},
): Promise<void> {
  const sink: CheckpointSink = {
    row: (row, place) => visitAction(row, place, visitor),
    adds: (files) => visitor.adds(files),
  };
  await readCheckpointRows(folder, checkpoint, sink, options);
}

/**
 * Hands every row of a checkpoint to the sink, row group by row group.
 * @throws PitotError INVALID_DATA that names the file, where it is no checkpoint or a sidecar is missing or of another size
 */
export async function readCheckpointRows(
  folder: string,
  { version, kind, names }: CheckpointFiles,
  sink: CheckpointSink,
  { signal, tombstones = false, files = true, whole = false }: ReadCheckpointOptions,
): Promise<void> {
  const actions = new Set(ACTIONS);
  if (tombstones) actions.add("remove");
  if (!files) actions.delete("add");
  const rows = { actions, whole };
  const sidecars: { path: string; size: unknown; place: LogPlace }[] = [];
  const visit = (row: ExactObject, place: LogPlace): void => {
    const { checkpointMetadata, sidecar } = row;
    if (checkpointMetadata != null) {
      const told = (checkpointMetadata as ExactObject).version;
      if (Number(told) !== version)
        throw logError(place, `checkpointMetadata.version must be ${version}`, told);
    } else if (sidecar != null) {
      const { path, sizeInBytes } = sidecar as ExactObject;
      if (kind !== "v2") throw logError(place, "only a V2 checkpoint has sidecars");
      if (typeof path !== "string") throw logError(place, "sidecar.path must be text", path);
      sidecars.push({ path, size: sizeInBytes, place });
    } else sink.row(row, place);
  };
  const apart: CheckpointSink = { row: visit, adds: (files) => sink.adds(files) };
  const read = async (path: string, name: string): Promise<void> =>
    (await CheckpointParquet.open(path, name, signal)).readAll(apart, rows);
  for (const name of names) {
    signal?.throwIfAborted();
    if (name.endsWith(".json"))
      visitCommit(await readLogFile(join(folder, name), signal), name, (value, line) =>
        visit(value as ExactObject, { file: name, line }),
      );
    else await read(join(folder, name), name);
  }
  // Sidecars have files alone.
  if (!files) return;
  for (const { path, size, place } of sidecars) {
    const file = resolveTablePath(join(folder, "_sidecars"), path, [folder]);
    let bytes: number;
    try {
      bytes = (await stat(file)).size;
    } catch (cause) {
      throw logError(place, "a sidecar of the checkpoint is not there", path, cause);
    }
    if (size != null && Number(size) !== bytes)
      throw logError(place, `a sidecar has ${bytes} bytes and the checkpoint says ${Number(size)}`, path);
    await read(file, `_sidecars/${path}`);
  }
}
