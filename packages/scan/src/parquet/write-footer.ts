import { PitotError } from "@pitot/core";
import type { ChunkPlace } from "./column-chunk.ts";
import {
  CONVERTED_TYPES,
  type ColumnOrder,
  type FileMetadata,
  type KeyValue,
  PHYSICAL_TYPES,
  REPETITIONS,
  type RowGroup,
  type SchemaElement,
  type SortingColumn,
} from "./file-metadata.ts";
import { writeLogicalType } from "./logical-type-fields.ts";
import { I16, I32, I64, STRUCT } from "./thrift-compact-reader.ts";
import { StructWriter, ThriftWriter } from "./thrift-compact-writer.ts";

/** A row group as another file, such as `_metadata`, describes it. */
export interface PlacedRowGroup extends RowGroup {
  /** Where its data lie, the same for each of its column chunks. */
  readonly place?: ChunkPlace;
}

/** Metadata to write; row groups may lie in other files. */
export interface FooterMetadata extends FileMetadata {
  readonly rowGroups: readonly PlacedRowGroup[];
}

/**
 * The metadata's bytes, without length and magic. What {@link readFooter} read comes back byte for byte, where its writer was canonical (fields in
 * the order of their ids, numbers in the fewest bytes), as all known ones are.
 *
 * Throws UNSUPPORTED for a signed footer: the signature would no longer hold.
 */
export function encodeFooter(metadata: FooterMetadata): Uint8Array {
  if (metadata.encryptionAlgorithm !== undefined)
    throw new PitotError("UNSUPPORTED", "The footer is signed: written anew, its signature would not hold", {
      value: metadata.encryptionAlgorithm.name,
      remedy: "Leave encrypted files out",
    });
  const out = new ThriftWriter();
  new StructWriter(out, metadata.kept)
    .int(1, I32, metadata.version)
    .structs(2, metadata.schema, (element) => writeSchemaElement(out, element))
    .int(3, I64, metadata.numRows)
    .structs(4, metadata.rowGroups, (group) => writeRowGroup(out, group))
    .structs(5, metadata.keyValueMetadata, (pair) => writeKeyValue(out, pair))
    .text(6, metadata.createdBy)
    .structs(7, metadata.columnOrders, (order) => writeColumnOrder(out, order))
    .end();
  return out.finish();
}

/** The metadata as the end of a file: with length and magic. */
export function footerFileEnd(metadata: FooterMetadata): Uint8Array {
  const bytes = encodeFooter(metadata);
  const end = new Uint8Array(bytes.length + 8);
  end.set(bytes);
  new DataView(end.buffer).setUint32(bytes.length, bytes.length, true);
  end.set([0x50, 0x41, 0x52, 0x31], bytes.length + 4);
  return end;
}

function writeSchemaElement(out: ThriftWriter, element: SchemaElement): void {
  new StructWriter(out, element.kept)
    .int(1, I32, code(PHYSICAL_TYPES, element.type))
    .int(2, I32, element.typeLength)
    .int(3, I32, code(REPETITIONS, element.repetition))
    .text(4, element.name)
    .int(5, I32, element.numChildren)
    .int(6, I32, code(CONVERTED_TYPES, element.convertedType))
    .int(7, I32, element.scale)
    .int(8, I32, element.precision)
    .int(9, I32, element.fieldId)
    .field(10, STRUCT, element.logicalType, (logicalType) => writeLogicalType(out, logicalType))
    .end();
}

function writeRowGroup(out: ThriftWriter, group: PlacedRowGroup): void {
  new StructWriter(out, group.kept)
    .structs(1, group.columns, (chunk) => chunk.write(out, group.place))
    .int(2, I64, group.totalByteSize)
    .int(3, I64, group.numRows)
    .structs(4, group.sortingColumns, (column) => writeSortingColumn(out, column))
    .int(5, I64, group.fileOffset)
    .int(6, I64, group.totalCompressedSize)
    .int(7, I16, group.ordinal)
    .end();
}

function writeSortingColumn(out: ThriftWriter, column: SortingColumn): void {
  new StructWriter(out, column.kept)
    .int(1, I32, column.columnIndex)
    .bool(2, column.descending)
    .bool(3, column.nullsFirst)
    .end();
}

function writeKeyValue(out: ThriftWriter, pair: KeyValue): void {
  new StructWriter(out, pair.kept).text(1, pair.key).text(2, pair.value).end();
}

function writeColumnOrder(out: ThriftWriter, { order, kept }: ColumnOrder): void {
  if (kept !== undefined) new StructWriter(out, kept).end();
  else
    new StructWriter(out).field(order === "IEEE_754_TOTAL" ? 2 : 1, STRUCT, order, () => out.byte(0)).end();
}

function code<T>(names: readonly T[], name: T | undefined): number | undefined {
  return name === undefined ? undefined : names.indexOf(name);
}
