import type { Context } from "@opentelemetry/api";
import { CodedColumn, isWhole, type CodedBlock } from "./coded-column.ts";
import { correlationColumns } from "./correlation-columns.ts";
import { reportOnce } from "./internal/report-once.ts";
import type { QualityGroup, QualityGroups } from "./quality-groups.ts";
import { rowCounts, type QualityColumn, type QualityTable } from "./quality-table.ts";
import { readRows } from "./read-rows.ts";
import { columnValue, type DictionaryColumn, type RecordBatch } from "./record-batch.ts";
import type { RecordBuffer } from "./record-buffer.ts";
import { recordName } from "./record-name.ts";
import type { RecordRoute } from "./record-route.ts";
import { ordinalAt, rowOrdinals } from "./row-ordinal.ts";

/** Rows of a table that are handled, and stored, at a time. */
const BLOCK_ROWS = 65_536;
/** Three codes below this make one exact number. */
const CODES = 2 ** 17;

/**
 * Records a whole table by column: groups are counted by codes, ids are passed on as they are, and only rows that are told as events are
 * looked at one by one. Yields the batches to store, where records are stored. Rows from the first on that cannot be read are dropped.
 *
 * @param buffer of the rows that come one by one: the table's rows take the next ordinals; empty
 */
export function* qualityTableBatches(
  table: QualityTable,
  groups: QualityGroups,
  buffer: RecordBuffer,
  { accounting, emitter, storage }: RecordRoute,
  at: Context,
): Generator<RecordBatch, void, undefined> {
  const active = emitter.active(at);
  const timeMs = Date.now();
  const { readable, told } = rowCounts(table);
  const ids = table.getChild("entity_id");
  const ordinals = table.getChild("row_ordinal");
  const terms = new TermColumns(table, groups);
  let from = 0;
  for (let whole = true; whole && from < readable;) {
    const wanted = Math.min(BLOCK_ROWS, readable - from);
    const first = buffer.seq;
    const start = from;
    // All that may fail is read before anything is counted.
    const block = terms.block(from, wanted);
    const idBlock = ids === null ? undefined : readIds(ids, from, lengthOf(block));
    const length = idBlock?.length ?? lengthOf(block);
    const idOf = (row: number): string | null =>
      idBlock === undefined ? null : idText(columnValue(idBlock, row) as string | null);
    let redacted: (string | null)[] | undefined;
    for (let row = 0; row < length;) {
      const next = endOfRun(block, row, length);
      const group = terms.group(block, row, first + row);
      group.total += next - row;
      if (group.idRule !== undefined) {
        redacted ??= Array.from({ length }, (_, each) => idOf(each));
        for (let each = row; each < next; each++) {
          const id = redacted[each]!;
          if (id !== null) redacted[each] = groups.redact(group.idRule, id);
        }
      }
      if (active)
        for (let each = row; each < next && groups.exports(group, at); each++) {
          const id = redacted === undefined ? idOf(each) : redacted[each]!;
          const ordinal = ordinals === null ? undefined : ordinalAt(ordinals, start + each);
          groups.export(group, id, ordinal, first + each, at, timeMs);
        }
      row = next;
    }
    buffer.advance(length);
    from += length;
    whole = length === wanted;
    if (!storage.present || length === 0) continue;
    yield {
      kind: "quality",
      length,
      columns: {
        entity_kind: terms.kinds.column(block.kind),
        ...(idBlock === undefined ? {} : { entity_id: redacted ?? idBlock }),
        issue: terms.issues.column(block.issue),
        source_table: terms.tables.column(block.table),
        ...correlationColumns(at, timeMs, first, length),
        ...(ordinals === null ? {} : { row_ordinal: rowOrdinals(ordinals, start, length) }),
      },
    };
  }
  if (from === told) return;
  accounting.add("quality", "dropped", told - from);
  reportOnce(
    "quality-table-rows",
    `a quality table tells of ${told} rows, of which ${from} can be read; the others are dropped`,
  );
}

/** A block of the columns that make a row's group. */
interface TermBlock {
  readonly kind: CodedBlock;
  readonly issue: CodedBlock;
  readonly table: CodedBlock;
}

/** Rows that all of its columns have. */
function lengthOf({ kind, issue, table }: TermBlock): number {
  return Math.min(kind.codes.length, issue.codes.length, table.codes.length);
}

/** The row after those that follow `row` and are of its group. */
function endOfRun({ kind, issue, table }: TermBlock, row: number, length: number): number {
  if (kind.only !== undefined && issue.only !== undefined && table.only !== undefined) return length;
  const [kinds, issues, tables] = [kind.codes, issue.codes, table.codes];
  const [k, i, t] = [kinds[row], issues[row], tables[row]];
  let next = row + 1;
  while (next < length && kinds[next] === k && issues[next] === i && tables[next] === t) next++;
  return next;
}

/** The columns that make a row's group. */
class TermColumns {
  readonly kinds: NamedColumn;
  readonly issues: NamedColumn;
  readonly tables: NamedColumn;
  readonly #groups: QualityGroups;
  readonly #byCodes = new Map<number | string, QualityGroup>();

  constructor(table: QualityTable, groups: QualityGroups) {
    this.kinds = new NamedColumn(table.getChild("entity_kind"));
    this.issues = new NamedColumn(table.getChild("issue"));
    this.tables = new NamedColumn(table.getChild("source_table"));
    this.#groups = groups;
  }

  block(from: number, length: number): TermBlock {
    return {
      kind: this.kinds.block(from, length),
      issue: this.issues.block(from, length),
      table: this.tables.block(from, length),
    };
  }

  /** The group of a block's row, whose ordinal is `seq`. */
  group({ kind, issue, table }: TermBlock, row: number, seq: number): QualityGroup {
    const [k, i, t] = [kind.codes[row]!, issue.codes[row]!, table.codes[row]!];
    const key = Math.max(k, i, t) < CODES - 1 ? (k * CODES + i) * CODES + t : `${k},${i},${t}`;
    let group = this.#byCodes.get(key);
    if (group === undefined) {
      const { kinds, issues, tables } = this;
      group = this.#groups.find(kinds.values[k] ?? "", issues.values[i] ?? "", tables.values[t] ?? null, seq);
      this.#byCodes.set(key, group);
    }
    return group;
  }
}

/** A coded column, and its values as they are recorded. */
class NamedColumn extends CodedColumn {
  /** Grows with the values, so that storage can keep what it made of the list. */
  readonly #names: string[] = [];

  column({ codes }: CodedBlock): DictionaryColumn {
    for (let i = this.#names.length; i < this.values.length; i++)
      this.#names.push(recordName(this.values[i]!));
    return { codes, values: this.#names };
  }
}

/** Ids of rows, as far as they can be read; an Arrow vector gives a view of its buffers, which storage can copy without making text. */
function readIds(column: QualityColumn, from: number, count: number): QualityColumn | (string | null)[] {
  const view: QualityColumn | undefined = column.slice?.(from, from + count);
  if (view?.data !== undefined && isWhole(view)) return view;
  const ids: (string | null)[] = [];
  readRows(column, from, count, (id) => ids.push(idText(id as string | null)));
  return ids;
}

function idText(id: string | number | bigint | null | undefined): string | null {
  return id == null ? null : String(id);
}
