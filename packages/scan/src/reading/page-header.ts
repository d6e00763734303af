import { FALSE, I32, STRUCT, ThriftReader, TRUE } from "../parquet/thrift-compact-reader.ts";

export const DATA = 0;
export const DICTIONARY = 2;
export const DATA_V2 = 3;

/** What a page says of itself. */
export interface PageHeader {
  readonly type: number;
  readonly compressed: number;
  readonly uncompressed: number;
  readonly values: number;
  /** Of version 2 only. */
  readonly nulls: number;
  readonly encoding: number;
  /** Bytes of levels, of version 2 only: they are not compressed. */
  readonly repetitionBytes: number;
  readonly definitionBytes: number;
  readonly isCompressed: boolean;
  /** Where the page's bytes begin. */
  readonly end: number;
}

type Numbers = { -readonly [name in keyof PageHeader]: PageHeader[name] };

/**
 * The header of a page at `start`.
 * @throws PitotError INVALID_DATA, RangeError where it is none
 */
export function readPageHeader(bytes: Uint8Array, start: number): PageHeader {
  const reader = new ThriftReader(bytes, start);
  const header: Numbers = {
    type: -1,
    compressed: -1,
    uncompressed: -1,
    values: 0,
    nulls: 0,
    encoding: -1,
    repetitionBytes: 0,
    definitionBytes: 0,
    isCompressed: true,
    end: 0,
  };
  let kind = -1;
  for (let id = 0; reader.field(id);) {
    ({ id } = reader);
    if (id === 1) header.type = number(reader);
    else if (id === 2) header.uncompressed = number(reader);
    else if (id === 3) header.compressed = number(reader);
    else if (id === 5 || id === 7 || id === 8) {
      if (reader.type !== STRUCT || kind !== -1) throw new RangeError("a page of two kinds");
      kind = id;
      readKind(reader, header, kind);
    } else reader.skip(reader.type);
  }
  const expected =
    header.type === DATA ? 5 : header.type === DICTIONARY ? 7 : header.type === DATA_V2 ? 8 : 0;
  if (kind !== expected) throw new RangeError(`a page of the type ${header.type} has another's header`);
  const { compressed, uncompressed, values, nulls, repetitionBytes, definitionBytes } = header;
  if (Math.min(compressed, uncompressed, values, nulls, repetitionBytes, definitionBytes) < 0)
    throw new RangeError("a page has a negative size");
  if (nulls > values) throw new RangeError(`a page has ${nulls} nulls in ${values} values`);
  if (repetitionBytes + definitionBytes > Math.min(compressed, uncompressed))
    throw new RangeError("levels are longer than their page");
  header.end = reader.pos;
  return header;
}

/** Fields that a header of each kind must have, as bits: a decoder takes those that are missing for something. */
const REQUIRED: Readonly<Record<number, number>> = { 5: 0b11110, 7: 0b110, 8: 0b1111110 };

function readKind(reader: ThriftReader, header: Numbers, kind: number): void {
  const v2 = kind === 8;
  let seen = 0;
  for (let id = 0; reader.field(id);) {
    ({ id } = reader);
    if (id > 0 && id < 31) seen |= 1 << id;
    if (id === 1) header.values = number(reader);
    else if (id === (v2 ? 4 : 2)) header.encoding = number(reader);
    else if (v2 && id === 2) header.nulls = number(reader);
    else if (v2 && id === 3) number(reader);
    else if (v2 && id === 5) header.definitionBytes = number(reader);
    else if (v2 && id === 6) header.repetitionBytes = number(reader);
    else if (v2 && id === 7) {
      // A decoder takes a value of another type for a byte more.
      if (reader.type !== TRUE && reader.type !== FALSE)
        throw new RangeError("whether a page is compressed is not told");
      header.isCompressed = reader.type === TRUE;
    } else reader.skip(reader.type);
  }
  const required = REQUIRED[kind] ?? 0;
  if ((seen & required) !== required) throw new RangeError("a page's header misses a field");
}

/** A number as a decoder with 32 bits sees it, too. */
function number(reader: ThriftReader): number {
  const value = reader.type === I32 ? reader.int() : Number.NaN;
  if (value !== (value | 0)) throw new RangeError("a number of a page's header has not 32 bits");
  return value;
}
