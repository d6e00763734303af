import type { Attributes, Context } from "@opentelemetry/api";
import {
  ATTR_QUALITY_ENTITY_ID,
  ATTR_QUALITY_ENTITY_KIND,
  ATTR_QUALITY_EXPORTED,
  ATTR_QUALITY_ISSUE,
  ATTR_QUALITY_SNAPSHOT_FIRST_ROW,
  ATTR_QUALITY_SOURCE_TABLE,
  ATTR_QUALITY_TOTAL,
  ATTR_RECORD_SEQ,
  ATTR_SNAPSHOT_URI,
  EVENT_QUALITY,
  EVENT_QUALITY_SUMMARY,
  METRIC_QUALITY_ISSUES,
} from "@pitot/semconv";
import type { Accounting } from "./accounting.ts";
import type { EventEmitter } from "./event-emitter.ts";
import { addCounter } from "./instruments.ts";
import { RecordBuffer } from "./record-buffer.ts";
import { recordName } from "./record-name.ts";
import type { Recording } from "./recording-options.ts";
import type { RedactionAction } from "./redaction.ts";

const KIND = "quality";

/** Rows that share entity kind, issue and table: what is counted and summed up. */
interface QualityGroup {
  readonly kind: string;
  readonly issue: string;
  readonly table: string | null;
  readonly attributes: Attributes;
  readonly idRule: RedactionAction | undefined;
  readonly firstSeq: number;
  /** In the buffer. */
  readonly code: number;
  total: number;
  exported: number;
}

/** The record path of quality rows: made for millions of them, so that all but the first few of a group cost a columnar append. */
export class QualityRecorder {
  readonly buffer: RecordBuffer = new RecordBuffer("entity_id", "entity_kind", "issue", "source_table");
  readonly #recording: Recording;
  readonly #emitter: EventEmitter;
  readonly #accounting: Accounting;
  readonly #stored: boolean;
  readonly #groups = new Map<string, QualityGroup>();
  #group: QualityGroup | undefined;
  #givenKind = "";
  #givenIssue = "";
  #givenTable: string | null = null;
  #seq = 0;

  constructor(recording: Recording, emitter: EventEmitter, accounting: Accounting, stored: boolean) {
    this.#recording = recording;
    this.#emitter = emitter;
    this.#accounting = accounting;
    this.#stored = stored;
  }

  /** @returns true where the buffer must be written before the next row */
  append(
    kind: string,
    id: string | null,
    issue: string,
    table: string | null,
    at: Context,
    timeMs: number,
  ): boolean {
    let group = this.#group;
    if (
      group === undefined ||
      this.#givenKind !== kind ||
      this.#givenIssue !== issue ||
      this.#givenTable !== table
    ) {
      group = this.#find(kind, issue, table);
      this.#givenKind = kind;
      this.#givenIssue = issue;
      this.#givenTable = table;
      this.#group = group;
    }
    group.total++;
    const seq = this.#seq++;
    if (group.idRule !== undefined && id !== null) {
      id = this.#recording.redactor.replace(group.idRule, id) ?? null;
      this.#accounting.add(KIND, "redacted");
    }
    if (group.exported < this.#recording.exportRows) this.#export(group, id, seq, at, timeMs);
    if (!this.#stored) return false;
    this.buffer.append(group.code, id === null || typeof id === "string" ? id : String(id), at, timeMs);
    return this.buffer.full || this.#recording.flushMs === 0;
  }

  /** Emits one summary per group and settles the counters. */
  summarize(at: Context, uri: string | undefined): void {
    for (const group of this.#groups.values()) {
      addCounter(METRIC_QUALITY_ISSUES, group.total, group.attributes);
      this.#accounting.add(KIND, "exported", group.exported);
      this.#accounting.add(KIND, this.#stored ? "snapshot_only" : "dropped", group.total - group.exported);
      this.#emitter.emit(
        EVENT_QUALITY_SUMMARY,
        {
          ...group.attributes,
          [ATTR_QUALITY_TOTAL]: group.total,
          [ATTR_QUALITY_EXPORTED]: group.exported,
          [ATTR_QUALITY_SNAPSHOT_FIRST_ROW]: group.firstSeq,
          ...(uri === undefined ? {} : { [ATTR_SNAPSHOT_URI]: uri }),
        },
        "summary",
        0,
        256,
        at,
        Date.now(),
      );
    }
    this.#groups.clear();
    this.#group = undefined;
  }

  #export(group: QualityGroup, id: string | null, seq: number, at: Context, timeMs: number): void {
    const attributes: Attributes = { ...group.attributes, [ATTR_RECORD_SEQ]: seq };
    if (id !== null) attributes[ATTR_QUALITY_ENTITY_ID] = id;
    const bytes = 200 + (id === null ? 0 : id.length);
    if (this.#emitter.emitRow(EVENT_QUALITY, attributes, KIND, seq, bytes, at, timeMs)) group.exported++;
  }

  #find(kind: string, issue: string, table: string | null): QualityGroup {
    const key = `${kind}\u0000${issue}\u0000${table ?? "\u0001"}`;
    let group = this.#groups.get(key);
    if (group === undefined) {
      const named = {
        kind: recordName(kind),
        issue: recordName(issue),
        table: table === null ? null : recordName(table),
      };
      group = {
        ...named,
        attributes: {
          [ATTR_QUALITY_ENTITY_KIND]: named.kind,
          [ATTR_QUALITY_ISSUE]: named.issue,
          ...(named.table === null ? {} : { [ATTR_QUALITY_SOURCE_TABLE]: named.table }),
        },
        idRule: this.#recording.redactor.qualityRule(ATTR_QUALITY_ENTITY_ID, table ?? ""),
        firstSeq: this.#seq,
        code: this.buffer.group(named.kind, named.issue, named.table),
        total: 0,
        exported: 0,
      };
      this.#groups.set(key, group);
    }
    return group;
  }
}
