import type { Context } from "@opentelemetry/api";
import { CodedColumn, isWhole, type CodedBlock } from "./coded-column.ts";
import { correlationColumns } from "./correlation-columns.ts";
import type { QualityGroup, QualityGroups } from "./quality-groups.ts";
import type { QualityColumn, QualityTable } from "./quality-table.ts";
import type { DictionaryColumn, GettableColumn, RecordBatch, RecordColumn } from "./record-batch.ts";
import type { RecordBuffer } from "./record-buffer.ts";
import { recordName } from "./record-name.ts";
import type { RecordRoute } from "./record-route.ts";
import { rowOrdinal, rowOrdinals } from "./row-ordinal.ts";

/** Rows of a table that are handled, and stored, at a time. */
const BLOCK_ROWS = 65_536;
/** Three codes below this make one exact number. */
const CODES = 2 ** 17;

/**
 * Records a whole table by column: groups are counted by codes, ids are passed on as they are, and only rows that are told as events are
 * looked at one by one. Yields the batches to store, where records are stored.
 *
 * @param buffer of the rows that come one by one: the table's rows take the next ordinals; empty
 */
export function* qualityTableBatches(
  table: QualityTable,
  groups: QualityGroups,
  buffer: RecordBuffer,
  { emitter, storage }: RecordRoute,
  at: Context,
): Generator<RecordBatch, void, undefined> {
  const told = emitter.active(at);
  const timeMs = Date.now();
  const ids = table.getChild("entity_id");
  const ordinals = table.getChild("row_ordinal");
  const terms = new TermColumns(table, groups);
  for (let from = 0; from < table.numRows; from += BLOCK_ROWS) {
    const length = Math.min(BLOCK_ROWS, table.numRows - from);
    const first = buffer.seq;
    const block = terms.block(from, length);
    const idOf = (row: number): string | null => {
      const id = (ids?.get(from + row) ?? null) as string | number | bigint | null;
      return id === null ? null : String(id);
    };
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
      if (told)
        for (let each = row; each < next && groups.exports(group, at); each++) {
          const id = redacted === undefined ? idOf(each) : redacted[each]!;
          groups.export(group, id, rowOrdinal(ordinals?.get(from + each)), first + each, at, timeMs);
        }
      row = next;
    }
    buffer.advance(length);
    if (!storage.present) continue;
    yield {
      kind: "quality",
      length,
      columns: {
        entity_kind: terms.kinds.column(block.kind),
        ...(ids === null ? {} : { entity_id: redacted ?? part(ids, from, length) }),
        issue: terms.issues.column(block.issue),
        source_table: terms.tables.column(block.table),
        ...correlationColumns(at, timeMs, first, length),
        ...(ordinals === null ? {} : { row_ordinal: rowOrdinals(ordinals, from, length) }),
      },
    };
  }
}

/** A block of the columns that make a row's group. */
interface TermBlock {
  readonly kind: CodedBlock;
  readonly issue: CodedBlock;
  readonly table: CodedBlock;
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

/** Rows of a column; an Arrow vector gives a view of its buffers, which storage can copy without making text. */
function part(column: QualityColumn, from: number, length: number): RecordColumn {
  const view: (GettableColumn & Pick<QualityColumn, "data">) | undefined = column.slice?.(
    from,
    from + length,
  );
  return view !== undefined && isWhole(view) ? view : { length, get: (index) => column.get(from + index) };
}
