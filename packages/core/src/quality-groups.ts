import type { Attributes, Context } from "@opentelemetry/api";
import {
  ATTR_QUALITY_ENTITY_ID,
  ATTR_QUALITY_ENTITY_KIND,
  ATTR_QUALITY_EXPORTED,
  ATTR_QUALITY_ISSUE,
  ATTR_QUALITY_ROW_ORDINAL,
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
import { recordName } from "./record-name.ts";
import type { RecordRoute } from "./record-route.ts";
import type { RedactionAction, Redactor } from "./redaction.ts";

const KIND = "quality";

/** Rows that share entity kind, issue and table. */
export interface QualityGroup {
  readonly kind: string;
  readonly issue: string;
  readonly table: string | null;
  readonly attributes: Attributes;
  /** What happens to its ids. */
  readonly idRule: RedactionAction | undefined;
  readonly firstSeq: number;
  /** In the buffer; -1 until a row of it is there. */
  code: number;
  total: number;
  exported: number;
  /** Of them, what the counters have. */
  settled: number;
  settledExported: number;
}

/** The groups of a scope's quality rows: each counts its rows, tells the first few as events, and sums all up at the end. */
export class QualityGroups {
  readonly #redactor: Redactor;
  readonly #exportRows: number;
  readonly #emitter: EventEmitter;
  readonly #accounting: Accounting;
  readonly #stored: boolean;
  readonly #groups = new Map<string, QualityGroup>();
  /** Where no pipeline took a row: asked again once the context is another. */
  #refusedAt: Context | undefined;

  constructor({ recording, emitter, accounting, storage }: RecordRoute) {
    this.#redactor = recording.redactor;
    this.#exportRows = recording.exportRows;
    this.#emitter = emitter;
    this.#accounting = accounting;
    this.#stored = storage.present;
  }

  /** The group of these values, whose first row would be `firstSeq`. */
  find(kind: string, issue: string, table: string | null, firstSeq: number): QualityGroup {
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
        idRule: this.#redactor.qualityRule(ATTR_QUALITY_ENTITY_ID, table ?? ""),
        firstSeq,
        code: -1,
        total: 0,
        exported: 0,
        settled: 0,
        settledExported: 0,
      };
      this.#groups.set(key, group);
    }
    return group;
  }

  /** An id as its group's rule leaves it. */
  redact(rule: RedactionAction, id: string): string | null {
    this.#accounting.add(KIND, "redacted");
    return this.#redactor.replace(rule, id) ?? null;
  }

  /** True while a group's budget lasts and a pipeline takes its rows. */
  exports(group: QualityGroup, at: Context): boolean {
    return group.exported < this.#exportRows && at !== this.#refusedAt;
  }

  /** Tells a row as an event. */
  export(
    group: QualityGroup,
    id: string | null,
    ordinal: number | undefined,
    seq: number,
    at: Context,
    timeMs: number,
  ): void {
    const attributes: Attributes = { [ATTR_RECORD_SEQ]: seq };
    if (id !== null) attributes[ATTR_QUALITY_ENTITY_ID] = id;
    if (ordinal !== undefined) attributes[ATTR_QUALITY_ROW_ORDINAL] = ordinal;
    // Twenty times as fast as what is added to a copy: V8 has no shape ready for that.
    Object.assign(attributes, group.attributes);
    const bytes = 200 + (id === null ? 0 : id.length);
    if (!this.#emitter.emitRow(EVENT_QUALITY, attributes, KIND, seq, bytes, at, timeMs)) {
      this.#refusedAt = at;
      return;
    }
    group.exported++;
    if (this.#emitter.cuts(attributes)) this.#accounting.add(KIND, "truncated");
  }

  /** Brings the counters to the truth, and asks pipelines that took nothing anew. `refused`: rows that storage has not taken since the last call. */
  settle(refused: number): void {
    this.#refusedAt = undefined;
    let others = 0;
    for (const group of this.#groups.values()) {
      const total = group.total - group.settled;
      const exported = group.exported - group.settledExported;
      if (total === 0) continue;
      addCounter(METRIC_QUALITY_ISSUES, total, group.attributes);
      this.#accounting.add(KIND, "exported", exported);
      others += total - exported;
      group.settled = group.total;
      group.settledExported = group.exported;
    }
    this.#accounting.add(KIND, this.#stored ? "snapshot_only" : "dropped", others - refused);
  }

  /** Tells one summary per group. No row follows. */
  summarize(at: Context, uri: string | undefined): void {
    for (const group of this.#groups.values()) {
      const summary: Attributes = {
        ...group.attributes,
        [ATTR_QUALITY_TOTAL]: group.total,
        [ATTR_QUALITY_EXPORTED]: group.exported,
        [ATTR_QUALITY_SNAPSHOT_FIRST_ROW]: group.firstSeq,
        ...(uri === undefined ? {} : { [ATTR_SNAPSHOT_URI]: uri }),
      };
      this.#emitter.emit(EVENT_QUALITY_SUMMARY, summary, "summary", 0, 256, at, Date.now());
    }
  }
}
