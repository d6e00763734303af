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
import { correlationColumns } from "./correlation-columns.ts";
import type { EventEmitter } from "./event-emitter.ts";
import { addCounter } from "./instruments.ts";
import { CodedColumn, isWhole, type QualityColumn, type QualityTable } from "./quality-columns.ts";
import type { GettableColumn, RecordBatch, RecordColumn } from "./record-batch.ts";
import { QualityBuffer } from "./quality-buffer.ts";
import type { RowClock } from "./record-buffer.ts";
import { rowOrdinal, rowOrdinals } from "./row-ordinal.ts";
import { reportOnce } from "./internal/report-once.ts";
import { recordName } from "./record-name.ts";
import type { Recording } from "./recording-options.ts";
import type { RedactionAction } from "./redaction.ts";

const KIND = "quality";
/** Rows of a table that are handled, and stored, at a time. */
const BLOCK_ROWS = 65_536;
/** Three codes below this make one exact number. */
const CODES = 2 ** 17;

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
  /** Of them, what the counters have. */
  settled: number;
  settledExported: number;
}

/** The record path of quality rows: made for millions of them, so that all but the first few of a group cost a columnar append. */
export class QualityRecorder {
  readonly buffer: QualityBuffer = new QualityBuffer();
  readonly #recording: Recording;
  readonly #emitter: EventEmitter;
  readonly #accounting: Accounting;
  readonly #stored: boolean;
  readonly #groups = new Map<string, QualityGroup>();
  #group: QualityGroup | undefined;
  #givenKind = "";
  #givenIssue = "";
  #givenTable: string | null = null;
  /** Where no pipeline took a row: asked again once the context is another. */
  #refusedAt: Context | undefined;
  readonly #exportRows: number;
  readonly #eachAtOnce: boolean;
  #seq = 0;

  constructor(recording: Recording, emitter: EventEmitter, accounting: Accounting, stored: boolean) {
    this.#recording = recording;
    this.#emitter = emitter;
    this.#accounting = accounting;
    this.#stored = stored;
    this.#exportRows = recording.exportRows;
    this.#eachAtOnce = recording.flushMs === 0;
  }

  /** @returns true where the buffer must be written before the next row */
  append(
    kind: string,
    id: string | null,
    issue: string,
    table: string | null,
    at: Context,
    clock: RowClock,
    ordinal?: number | bigint | null,
  ): boolean {
    let group = this.#group;
    if (
      group === undefined ||
      this.#givenKind !== kind ||
      this.#givenIssue !== issue ||
      this.#givenTable !== table
    ) {
      group = this.#find(kind, issue, table, this.#seq);
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
    if (group.exported < this.#exportRows && at !== this.#refusedAt)
      this.#export(group, id, rowOrdinal(ordinal), seq, at, clock.time);
    if (!this.#stored) return false;
    const text = id === null || typeof id === "string" ? id : String(id);
    if (ordinal !== undefined) this.buffer.locate(rowOrdinal(ordinal) ?? null);
    return this.buffer.append(group.code, text, at, clock) || this.#eachAtOnce;
  }

  /** False, told once and counted, for a table that lacks the columns of a quality table. */
  takes(table: QualityTable): boolean {
    if (table.getChild("entity_kind") !== null && table.getChild("issue") !== null) return true;
    this.#accounting.add(KIND, "dropped", table.numRows);
    reportOnce(
      "quality-table",
      "a quality table has no columns entity_kind and issue that can be read; its rows are dropped",
    );
    return false;
  }

  /**
   * Rows of a whole table, by column: groups are counted by codes, ids are passed on as they are, and only rows that are exported are looked
   * at one by one. Yields the batches to store; the buffer must be empty before.
   */
  *appendTable(table: QualityTable, at: Context, timeMs: number): Generator<RecordBatch, void, undefined> {
    const given = (name: string): QualityColumn | null => table.getChild(name);
    const idColumn = given("entity_id");
    const ordinals = given("row_ordinal");
    const kinds = new CodedColumn(given("entity_kind"));
    const issues = new CodedColumn(given("issue"));
    const tables = new CodedColumn(given("source_table"));
    const names = { kinds: [] as string[], issues: [] as string[], tables: [] as string[] };
    const groups = new Map<number | string, QualityGroup>();
    const active = this.#emitter.active(at);
    for (let from = 0; from < table.numRows; from += BLOCK_ROWS) {
      const length = Math.min(BLOCK_ROWS, table.numRows - from);
      const kind = kinds.block(from, length);
      const issue = issues.block(from, length);
      const source = tables.block(from, length);
      const first = this.#seq;
      const idOf = (row: number): string | null => {
        const id = (idColumn?.get(from + row) ?? null) as string | number | bigint | null;
        return id === null ? null : String(id);
      };
      let redacted: (string | null)[] | undefined;
      const uniform = kind.only !== undefined && issue.only !== undefined && source.only !== undefined;
      for (let row = 0; row < length;) {
        const [k, i, t] = [kind.codes[row]!, issue.codes[row]!, source.codes[row]!];
        let next = uniform ? length : row + 1;
        while (next < length && kind.codes[next] === k && issue.codes[next] === i && source.codes[next] === t)
          next++;
        const key = Math.max(k, i, t) < CODES - 1 ? (k * CODES + i) * CODES + t : `${k},${i},${t}`;
        let group = groups.get(key);
        if (group === undefined) {
          group = this.#find(
            kinds.values[k] ?? "",
            issues.values[i] ?? "",
            tables.values[t] ?? null,
            first + row,
          );
          groups.set(key, group);
        }
        group.total += next - row;
        if (group.idRule !== undefined) {
          redacted ??= Array.from({ length }, (_, each) => idOf(each));
          for (let each = row; each < next; each++) {
            if (redacted[each] === null) continue;
            redacted[each] = this.#recording.redactor.replace(group.idRule, redacted[each]) ?? null;
            this.#accounting.add(KIND, "redacted");
          }
        }
        if (active)
          for (
            let each = row;
            each < next && group.exported < this.#exportRows && at !== this.#refusedAt;
            each++
          )
            this.#export(
              group,
              redacted === undefined ? idOf(each) : redacted[each]!,
              rowOrdinal(ordinals?.get(from + each)),
              first + each,
              at,
              timeMs,
            );
        row = next;
      }
      this.#seq = first + length;
      if (!this.#stored) continue;
      this.buffer.advance(length);
      yield {
        kind: KIND,
        length,
        columns: {
          entity_kind: { codes: kind.codes, values: named(names.kinds, kinds.values) },
          ...(idColumn === null ? {} : { entity_id: redacted ?? part(idColumn, from, length) }),
          issue: { codes: issue.codes, values: named(names.issues, issues.values) },
          source_table: { codes: source.codes, values: named(names.tables, tables.values) },
          ...correlationColumns(at, timeMs, first, length),
          ...(ordinals === null ? {} : { row_ordinal: rowOrdinals(ordinals, from, length) }),
        },
      };
    }
  }

  /** Brings the counters to the truth, and asks pipelines that took nothing anew. */
  settle(): void {
    this.#refusedAt = undefined;
    for (const group of this.#groups.values()) {
      const total = group.total - group.settled;
      const exported = group.exported - group.settledExported;
      if (total === 0) continue;
      addCounter(METRIC_QUALITY_ISSUES, total, group.attributes);
      this.#accounting.add(KIND, "exported", exported);
      this.#accounting.add(KIND, this.#stored ? "snapshot_only" : "dropped", total - exported);
      group.settled = group.total;
      group.settledExported = group.exported;
    }
  }

  /** Emits one summary per group and settles the counters. */
  summarize(at: Context, uri: string | undefined): void {
    this.settle();
    for (const group of this.#groups.values()) {
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

  #export(
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

  #find(kind: string, issue: string, table: string | null, firstSeq: number): QualityGroup {
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
        firstSeq,
        code: this.buffer.group(named.kind, named.issue, named.table),
        total: 0,
        exported: 0,
        settled: 0,
        settledExported: 0,
      };
      this.#groups.set(key, group);
    }
    return group;
  }
}

/** `values` as they are recorded; grows with them, so that storage can keep what it made of the list. */
function named(names: string[], values: readonly string[]): readonly string[] {
  for (let i = names.length; i < values.length; i++) names.push(recordName(values[i]!));
  return names;
}

/** Rows of a column; an Arrow vector gives a view of its buffers, which storage can copy without making text. */
function part(column: QualityColumn, from: number, length: number): RecordColumn {
  const view: (GettableColumn & Pick<QualityColumn, "data">) | undefined = column.slice?.(
    from,
    from + length,
  );
  return view !== undefined && isWhole(view) ? view : { length, get: (index) => column.get(from + index) };
}
