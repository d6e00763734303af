import type { Context } from "@opentelemetry/api";
import { reportOnce } from "./internal/report-once.ts";
import { QualityBuffer } from "./quality-buffer.ts";
import { QualityGroups, type QualityGroup } from "./quality-groups.ts";
import { qualityTableBatches } from "./quality-table-batches.ts";
import { qualityRows, type QualityTable } from "./quality-table.ts";
import type { RowClock } from "./record-buffer.ts";
import type { RecordRoute } from "./record-route.ts";
import { rowOrdinal } from "./row-ordinal.ts";

const KIND = "quality";

/** The record path of quality rows: made for millions of them, so that all but the first few of a group cost a columnar append. */
export class QualityRecorder {
  readonly #route: RecordRoute;
  readonly #stored: boolean;
  readonly #eachAtOnce: boolean;
  readonly #groups: QualityGroups;
  readonly #buffer = new QualityBuffer();
  /** Rows since the last flush that storage has not taken. */
  #refused = 0;
  #group: QualityGroup | undefined;
  #givenKind = "";
  #givenIssue = "";
  #givenTable: string | null = null;

  constructor(route: RecordRoute) {
    this.#route = route;
    this.#stored = route.storage.present;
    this.#eachAtOnce = route.recording.flushMs === 0;
    this.#groups = new QualityGroups(route);
  }

  record(
    kind: string,
    id: string | null,
    issue: string,
    table: string | null,
    at: Context,
    clock: RowClock,
    ordinal: number | bigint | null | undefined,
  ): void {
    const groups = this.#groups;
    let group = this.#group;
    if (
      group === undefined ||
      this.#givenKind !== kind ||
      this.#givenIssue !== issue ||
      this.#givenTable !== table
    )
      group = this.#enter(kind, issue, table);
    group.total++;
    if (group.idRule !== undefined && id !== null) id = groups.redact(group.idRule, id);
    if (groups.exports(group, at))
      groups.export(group, id, rowOrdinal(ordinal), this.#buffer.seq, at, clock.time);
    if (!this.#stored) {
      this.#buffer.advance(1);
      return;
    }
    const text = id === null || typeof id === "string" ? id : String(id);
    if (ordinal !== undefined) this.#buffer.locate(rowOrdinal(ordinal) ?? null);
    if (this.#buffer.append(group.code, text, at, clock) || this.#eachAtOnce) this.#drain();
  }

  /** The rows of a table; one that lacks the columns of a quality table is dropped, which is told once. */
  recordTable(table: QualityTable, at: Context): void {
    const { accounting, sink, storage } = this.#route;
    if (table.getChild("entity_kind") === null || table.getChild("issue") === null) {
      accounting.add(KIND, "dropped", table.numRows);
      reportOnce(
        "quality-table",
        "a quality table has no columns entity_kind and issue that can be read; its rows are dropped",
      );
      return;
    }
    sink?.recordQuality(qualityRows(table));
    // Ordinals rise in the order of storage.
    this.#drain();
    for (const batch of qualityTableBatches(table, this.#groups, this.#buffer, this.#route, at))
      this.#refused += storage.write(batch);
  }

  /** Writes what waits to storage, and brings the counters to the truth. */
  flush(): void {
    this.#drain();
    this.#groups.settle(this.#refused);
    this.#refused = 0;
  }

  /** Tells the summaries; nothing but a flush follows. */
  summarize(at: Context): void {
    this.#groups.summarize(at, this.#route.storage.uri);
  }

  #enter(kind: string, issue: string, table: string | null): QualityGroup {
    const group = this.#groups.find(kind, issue, table, this.#buffer.seq);
    if (this.#stored && group.code < 0) group.code = this.#buffer.group(group.kind, group.issue, group.table);
    this.#givenKind = kind;
    this.#givenIssue = issue;
    this.#givenTable = table;
    this.#group = group;
    return group;
  }

  #drain(): void {
    this.#refused += this.#route.storage.drain(KIND, this.#buffer);
  }
}
