import type { SchemaElement } from "hyparquet";
import {
  flag,
  int,
  leftOut,
  long,
  struct,
  text,
  textMap,
  texts,
  unchanged,
  UnfitForCheckpoint,
  type CheckpointField,
} from "./checkpoint-fields.ts";
import type { ExactObject } from "./exact-json.ts";

const deletionVector = struct({
  storageType: text,
  pathOrInlineDv: text,
  offset: int,
  sizeInBytes: int,
  cardinality: long,
  // Of old writers; nobody reads it.
  maxRowIndex: leftOut,
});

/** The kinds of actions that a checkpoint has. */
export type ActionKind = "txn" | "add" | "remove" | "metaData" | "protocol" | "domainMetadata";

/** The actions of a checkpoint, by the protocol's schema. */
const ACTIONS: Readonly<Record<ActionKind, CheckpointField>> = {
  txn: struct({ appId: text, version: long, lastUpdated: long }),
  add: struct({
    path: text,
    partitionValues: textMap,
    size: long,
    modificationTime: long,
    dataChange: unchanged,
    stats: text,
    tags: textMap,
    deletionVector,
  }),
  remove: struct({
    path: text,
    deletionTimestamp: long,
    dataChange: unchanged,
    extendedFileMetadata: flag,
    partitionValues: textMap,
    size: long,
    deletionVector,
    // Tombstones are for vacuum alone.
    stats: leftOut,
    tags: leftOut,
  }),
  metaData: struct({
    id: text,
    name: text,
    description: text,
    format: struct({ provider: text, options: textMap }),
    schemaString: text,
    partitionColumns: texts,
    configuration: textMap,
    createdTime: long,
  }),
  protocol: struct({
    minReaderVersion: int,
    minWriterVersion: int,
    readerFeatures: texts,
    writerFeatures: texts,
  }),
  domainMetadata: struct({ domain: text, configuration: text, removed: flag }),
};

export const ACTION_KINDS: readonly ActionKind[] = Object.keys(ACTIONS) as ActionKind[];

/** A row of a checkpoint: one action. */
export interface CheckpointRow {
  readonly kind: ActionKind;
  readonly value: object;
}

/** Of commits alone: how a version came to be, not what it is. */
const HISTORY: ReadonlySet<string> = new Set(["commitInfo", "cdc"]);

/** The Parquet schema of a checkpoint. */
export function checkpointSchema(): SchemaElement[] {
  return [
    { name: "checkpoint", num_children: ACTION_KINDS.length },
    ...ACTION_KINDS.flatMap((kind) => ACTIONS[kind].elements(kind)),
  ];
}

/**
 * The action of a line of the log, as a checkpoint stores it; undefined for one that checkpoints leave out.
 * @throws UnfitForCheckpoint for an action, or a field of one, that is not known: leaving it out would change the table
 */
export function checkpointRow(line: ExactObject): CheckpointRow | undefined {
  for (const kind in line) {
    const value = line[kind];
    if (value == null || HISTORY.has(kind)) continue;
    const field = (ACTIONS as Readonly<Record<string, CheckpointField | undefined>>)[kind];
    if (field === undefined)
      throw new UnfitForCheckpoint(`${kind} is an action that this writer does not know`);
    return { kind: kind as ActionKind, value: field.stored(value, kind) as object };
  }
  return undefined;
}
