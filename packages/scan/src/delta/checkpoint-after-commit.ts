import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { DeltaCheckpoint } from "./checkpoint-outcome.ts";
import { intervalMs } from "./interval.ts";
import type { Protocol, TableMetadata } from "./log-actions.ts";
import { replaceSynced } from "./put-commit.ts";
import { writeCheckpoint, type WrittenCheckpoint } from "./write-checkpoint.ts";

/** As Delta's own writers do where a table does not say. */
const DEFAULT_INTERVAL = 10;
const DEFAULT_RETENTION_MS = 7 * 86_400_000;

/** Features of tables whose checkpoints are all that the schema of this writer has. A feature that is not here may ask for more. */
const FEATURES: ReadonlySet<string> = new Set([
  "appendOnly",
  "changeDataFeed",
  "checkConstraints",
  "deletionVectors",
  "domainMetadata",
  "generatedColumns",
  "invariants",
  "timestampNtz",
  // Its tables may have classic checkpoints too, unless their policy says otherwise.
  "v2Checkpoint",
  "vacuumProtocolCheck",
]);

/**
 * Writes the checkpoint that is due with a commit, every `delta.checkpointInterval` versions. Never throws: the commit is in the table, and the log tells the
 * same without a checkpoint.
 *
 * @returns undefined where none is due
 */
export async function checkpointAfterCommit(
  root: string,
  version: number,
  { protocol, metadata }: { readonly protocol: Protocol; readonly metadata: TableMetadata },
): Promise<DeltaCheckpoint | undefined> {
  const { configuration } = metadata;
  const interval = Number(configuration["delta.checkpointInterval"] ?? DEFAULT_INTERVAL);
  const every = Number.isSafeInteger(interval) && interval > 0 ? interval : DEFAULT_INTERVAL;
  if (version === 0 || version % every !== 0) return undefined;
  const reason = refusal(protocol, configuration);
  if (reason !== undefined) return { version, outcome: "not_written", reason };
  try {
    const retention = configuration["delta.deletedFileRetentionDuration"];
    // An interval that cannot be told keeps all tombstones: too many cost space, too few let vacuum forget files.
    const kept = retention === undefined ? DEFAULT_RETENTION_MS : (intervalMs(retention) ?? Infinity);
    const written = await writeCheckpoint(root, version, { removedAfter: Date.now() - kept });
    if (written === undefined) return { version, outcome: "already_there", reason: undefined };
    await writeHint(root, version, written);
    return { version, outcome: "written", reason: undefined };
  } catch (error) {
    return {
      version,
      outcome: "not_written",
      reason: error instanceof Error ? error.message : String(error),
    };
  }
}

/** Why a table's checkpoints are left to other writers, if they are. */
function refusal(
  { readerFeatures, writerFeatures }: Protocol,
  configuration: Readonly<Record<string, string>>,
): string | undefined {
  const unknown = [...(readerFeatures ?? []), ...(writerFeatures ?? [])].find((name) => !FEATURES.has(name));
  if (unknown !== undefined)
    return `checkpoints of tables with the feature ${unknown} are left to other writers`;
  const is = (name: string, value: string): boolean => configuration[name]?.toLowerCase() === value;
  for (const [name, value] of [
    ["delta.checkpointPolicy", "v2"],
    ["delta.checkpoint.writeStatsAsJson", "false"],
    ["delta.checkpoint.writeStatsAsStruct", "true"],
  ] as const)
    if (is(name, value)) return `checkpoints of tables with ${name} = ${value} are left to other writers`;
  return undefined;
}

/** Tells where the newest checkpoint is; a hint, which readers need not have. Never goes back. */
async function writeHint(root: string, version: number, written: WrittenCheckpoint): Promise<void> {
  const path = join(root, "_delta_log", "_last_checkpoint");
  const told = await readFile(path, "utf8").catch(() => undefined);
  if (told !== undefined && hintedVersion(told) > version) return;
  const hint = { version, size: written.rows, sizeInBytes: written.bytes, numOfAddFiles: written.files };
  const temporary = join(root, "_delta_log", `._last_checkpoint.${randomUUID()}.tmp`);
  await replaceSynced(path, temporary, Buffer.from(JSON.stringify(hint)));
}

function hintedVersion(hint: string): number {
  try {
    const version = Number((JSON.parse(hint) as { version?: unknown } | null)?.version);
    return Number.isSafeInteger(version) ? version : -1;
  } catch {
    return -1;
  }
}
