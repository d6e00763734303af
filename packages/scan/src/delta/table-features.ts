import { PitotError } from "@pitot/core";
import type { Protocol } from "./log-actions.ts";

/** What this reader does, by the names of the protocol. */
const READER_FEATURES: ReadonlySet<string> = new Set([
  "columnMapping",
  "deletionVectors",
  "timestampNtz",
  "typeWidening",
  "typeWidening-preview",
  "v2Checkpoint",
  "vacuumProtocolCheck",
]);

/** Of tables with the protocol's features, what an append may leave alone or does right. */
const WRITER_FEATURES: ReadonlySet<string> = new Set([
  "appendOnly",
  "invariants",
  "checkConstraints",
  "generatedColumns",
  "changeDataFeed",
  "deletionVectors",
  "domainMetadata",
  "timestampNtz",
  "v2Checkpoint",
  "vacuumProtocolCheck",
]);

/** Every feature that the protocol names, for telemetry: those of readers and writers, each once. */
export function tableFeatures({ readerFeatures, writerFeatures }: Protocol): string[] {
  return [...new Set([...(readerFeatures ?? []), ...(writerFeatures ?? [])])].sort();
}

/**
 * Refuses a table that needs more of its reader than this one does.
 * @throws PitotError UNSUPPORTED that names the version or the features
 */
export function assertReadable({ minReaderVersion, readerFeatures }: Protocol): void {
  if (minReaderVersion > 3)
    throw new PitotError("UNSUPPORTED", "The Delta table needs a newer reader version", {
      value: minReaderVersion,
      remedy: "Read it with a client that supports this version; this one supports 1 to 3.",
    });
  if (minReaderVersion < 3) return;
  const unknown = (readerFeatures ?? []).filter((name) => !READER_FEATURES.has(name));
  if (unknown.length > 0)
    throw new PitotError("UNSUPPORTED", "The Delta table needs reader features that are not supported", {
      value: unknown.join(", "),
      remedy: `Read it with a client that supports them, or drop them; supported are ${[...READER_FEATURES].join(", ")}.`,
    });
}

/**
 * Refuses a table whose rules for writers an append would not keep.
 * @throws PitotError UNSUPPORTED that names the version or the features
 */
export function assertAppendable(protocol: Protocol): void {
  assertReadable(protocol);
  const { minWriterVersion, writerFeatures } = protocol;
  if (minWriterVersion <= 2) return;
  if (minWriterVersion !== 7)
    throw new PitotError("UNSUPPORTED", "The Delta table needs a writer version that is not supported", {
      value: minWriterVersion,
      remedy: "Write it with another client; this one supports 1, 2, and 7 with the features that it names.",
    });
  const unknown = (writerFeatures ?? []).filter((name) => !WRITER_FEATURES.has(name));
  if (unknown.length > 0)
    throw new PitotError("UNSUPPORTED", "The Delta table needs writer features that are not supported", {
      value: unknown.join(", "),
      remedy: `Write it with a client that supports them; supported are ${[...WRITER_FEATURES].join(", ")}.`,
    });
}
