import { join } from "node:path";
import { readCheckpoint, type ReadCheckpointOptions } from "./checkpoint-reader.ts";
import { readCommit } from "./commit-reader.ts";
import type { ActionVisitor } from "./log-actions.ts";
import { readLogFile } from "./log-file.ts";
import type { LogSegment } from "./log-segment.ts";

/** Commits that are read ahead while one is parsed. */
const AHEAD = 8;

/** Gets the actions of a segment, newest file first. */
export interface SegmentVisitor extends ActionVisitor {
  /** What follows is of this file, which is older than all before. */
  begin(file: string, isCheckpoint: boolean): void;
}

/**
 * Hands every action of a segment to the visitor: commits from the newest to the oldest, then the checkpoint.
 * @throws PitotError INVALID_DATA that names file, line and rule, IO where a file cannot be read
 */
export async function replaySegment(
  folder: string,
  { commits, checkpoint }: LogSegment,
  visitor: SegmentVisitor,
  options: ReadCheckpointOptions,
): Promise<void> {
  const { signal } = options;
  const ahead: Promise<Buffer | undefined>[] = [];
  for (let i = 0; i < commits.length; i++) {
    signal?.throwIfAborted();
    for (; ahead.length <= Math.min(i + AHEAD, commits.length - 1);)
      // Reading ahead warms the file system's cache; an error is met where the commit is read.
      ahead.push(readLogFile(join(folder, commits[ahead.length]!.name)).catch(() => undefined));
    const { name } = commits[i]!;
    visitor.begin(name, false);
    const bytes = await ahead[i];
    ahead[i] = Promise.resolve(undefined);
    await readCommit(folder, name, visitor, signal, bytes);
  }
  if (checkpoint === undefined) return;
  visitor.begin(checkpoint.names[0]!, true);
  await readCheckpoint(folder, checkpoint, visitor, options);
}
