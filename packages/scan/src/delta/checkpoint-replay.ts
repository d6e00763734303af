import { checkpointRow, type CheckpointRow } from "./checkpoint-actions.ts";
import { UnfitForCheckpoint } from "./checkpoint-fields.ts";
import type { CheckpointAdds } from "./checkpoint-adds.ts";
import type { ExactObject, ExactValue } from "./exact-json.ts";
import { FileKeys, keyHash } from "./file-keys.ts";
import { descriptorOf, fileKey } from "./log-actions.ts";
import { logError, type LogPlace } from "./log-error.ts";
import { PartitionDictionary } from "./partition-dictionary.ts";
import type { PageTexts, TextPages } from "./text-pages.ts";

/**
 * What is left of a log's actions, as rows of a checkpoint: read newest file first, the first action that names a file, an application or a
 * domain decides.
 */
export class CheckpointReplay {
  /** Files, writes of applications, and all else. */
  readonly adds: CheckpointRow[] = [];
  readonly transactions: CheckpointRow[] = [];
  readonly others: CheckpointRow[] = [];
  readonly #decided = new FileKeys();
  /** Applications, domains, and the two actions of which there is one. */
  readonly #seen = new Set<string>();
  readonly #dictionary = new PartitionDictionary();
  readonly #removedAfter: number;
  #turn = -1;

  /** @param removedAfter tombstones that are older, in Unix milliseconds, are left out */
  constructor(removedAfter: number) {
    this.#removedAfter = removedAfter;
  }

  /** What follows is of another file of the log, an older one. */
  begin(): void {
    this.#turn++;
  }

  /** Takes a line of a commit, or a row of a checkpoint. */
  take(line: ExactValue, place: LogPlace): void {
    if (typeof line !== "object" || line === null || Array.isArray(line))
      throw logError(place, "each line must be one JSON object");
    const row = checkpointRow(line as ExactObject);
    if (row === undefined) return;
    const { [row.kind]: action } = line as Record<string, ExactObject>;
    switch (row.kind) {
      case "add":
        if (this.#isFirst(action!, place)) this.adds.push(row);
        return;
      case "remove":
        if (this.#isFirst(action!, place) && Number(action!["deletionTimestamp"] ?? 0) > this.#removedAfter)
          this.others.push(row);
        return;
      case "txn":
        if (this.#first(`txn ${action!["appId"] as string}`)) this.transactions.push(row);
        return;
      case "domainMetadata":
        if (this.#first(`domain ${action!["domain"] as string}`) && action!["removed"] !== true)
          this.others.push(row);
        return;
      default:
        if (this.#first(row.kind)) this.others.push(row);
    }
  }

  /** Takes files of a checkpoint, from one row to another; each is in the table unless a commit named it. */
  takeAdds(files: CheckpointAdds, from: number, to: number): void {
    for (let row = from; row < to; row++) {
      if (!files.isFile(row)) continue;
      const deletionVector = files.hasVectors ? files.deletionVector(row) : undefined;
      this.take(
        {
          add: {
            path: files.path(row),
            partitionValues: this.#dictionary.values[files.partition(row, this.#dictionary)],
            size: files.size(row),
            modificationTime: files.modificationTime(row),
            dataChange: false,
            stats: files.statistics(row),
            ...(deletionVector === undefined ? {} : { deletionVector: { ...deletionVector } }),
          },
        },
        files.place(row),
      );
    }
  }

  /** Whether no commit named any of the files. Their paths are all of their keys. */
  keepsFiles(paths: TextPages): boolean {
    let page: PageTexts | undefined;
    for (let row = 0; row < paths.entries; row++) {
      if (page === undefined || row >= page.end) page = paths.page(row);
      const start = page.starts[row - page.first]!;
      const length = page.lengths[row - page.first]!;
      const hash = keyHash(page.bytes, start, length);
      const isKnown =
        hash < 0
          ? this.#decided.decidedBy(fileKey({ path: paths.text(row)!, deletionVector: undefined })) !==
            undefined
          : this.#decided.has(page.bytes, start, length, hash);
      if (isKnown) return false;
    }
    return true;
  }

  /** Whether no commit wrote as any of the applications. */
  keepsApplications(appIds: TextPages): boolean {
    for (let row = 0; row < appIds.entries; row++)
      if (this.#seen.has(`txn ${appIds.text(row)}`)) return false;
    return true;
  }

  /** @throws UnfitForCheckpoint where the log has no protocol or no metadata */
  assertWhole(): void {
    for (const kind of ["protocol", "metaData"])
      if (!this.#seen.has(kind)) throw new UnfitForCheckpoint(`the log has no ${kind} action`);
  }

  #isFirst({ path, deletionVector }: ExactObject, place: LogPlace): boolean {
    const key = Buffer.from(
      fileKey({ path: path as string, deletionVector: descriptorOf(deletionVector, place) }),
    );
    const by = this.#decided.decide(key, 0, key.length, keyHash(key, 0, key.length), this.#turn);
    if (by === this.#turn)
      throw logError(place, "a file must not be added or removed twice in one commit", path);
    return by === undefined;
  }

  #first(name: string): boolean {
    if (this.#seen.has(name)) return false;
    this.#seen.add(name);
    return true;
  }
}
