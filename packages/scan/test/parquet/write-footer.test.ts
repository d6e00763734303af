import { array, assert, integer, maxSafeInteger, property, record, uint8Array } from "fast-check";
import { describe, expect, it } from "vitest";
import {
  encodeFooter,
  type FooterMetadata,
  leafColumns,
  readFooter,
  bytesSource,
  footerFileEnd,
} from "../../src/index.ts";
import { decodeMetadata } from "../../src/parquet/decode-metadata.ts";
import { BINARY, I64, LIST, STRUCT, ThriftReader, TRUE } from "../../src/parquet/thrift-compact-reader.ts";
import { StructWriter, ThriftWriter } from "../../src/parquet/thrift-compact-writer.ts";

const base: FooterMetadata = {
  version: 2,
  schema: [
    { name: "root", numChildren: 1 },
    { name: "a", type: "INT32", repetition: "OPTIONAL" },
  ],
  numRows: 0,
  rowGroups: [],
};

const again = (metadata: FooterMetadata): Uint8Array => encodeFooter(decodeMetadata(encodeFooter(metadata)));

describe("numbers", () => {
  it("come back from their varints", () => {
    assert(
      property(maxSafeInteger(), (number) => {
        const out = new ThriftWriter();
        out.int(number);
        if (number >= 0) out.varint(number);
        const reader = new ThriftReader(out.finish());
        expect(reader.int()).toBe(number);
        if (number >= 0) expect(reader.varint()).toBe(number);
        expect(reader.pos).toBe(reader.end);
      }),
    );
    for (const number of [
      Number.MAX_SAFE_INTEGER,
      Number.MIN_SAFE_INTEGER,
      0,
      -1,
      1,
      63,
      64,
      -64,
      -65,
      2 ** 27,
      2 ** 28,
      -(2 ** 31),
      2 ** 31,
      2 ** 53 - 2,
      -(2 ** 53 - 2),
    ]) {
      const out = new ThriftWriter();
      out.int(number);
      expect(new ThriftReader(out.finish()).int()).toBe(number);
    }
  });

  it("of more than 53 bits, or without an end, are refused", () => {
    for (const bytes of [
      [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
      [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
      [0x80],
      [],
    ]) {
      const refused = expect.objectContaining({ code: "INVALID_DATA" }) as Error;
      expect(() => new ThriftReader(Uint8Array.from(bytes)).int()).toThrow(refused);
      expect(() => new ThriftReader(Uint8Array.from(bytes)).varint()).toThrow(refused);
    }
  });
});

describe("what is not known", () => {
  // Ids that no version has; a field is a binary, a number, a flag or a list of numbers.
  const kept = array(
    record({
      id: integer({ min: 20, max: 2000 }),
      kind: integer({ min: 0, max: 3 }),
      data: uint8Array({ maxLength: 20 }),
    }),
    { maxLength: 4 },
  ).map((fields) =>
    [...new Map(fields.map((field) => [field.id, field])).values()]
      .toSorted((a, b) => a.id - b.id)
      .map(({ id, kind, data }) => {
        if (kind === 0) return { id, type: TRUE, bytes: new Uint8Array() };
        const out = new ThriftWriter();
        if (kind === 1) out.int(data.length * -12345678901);
        else if (kind === 2) {
          out.varint(data.length);
          out.bytes(data);
        } else {
          out.list(data.length, I64);
          for (const value of data) out.int(value);
        }
        return { id, type: [TRUE, I64, BINARY, LIST][kind] ?? BINARY, bytes: out.finish() };
      }),
  );

  it("is kept at every level, and comes back in its place", () => {
    assert(
      property(kept, kept, kept, kept, (file, element, pair, group) => {
        const metadata: FooterMetadata = {
          ...base,
          schema: [{ name: "root", numChildren: 0, kept: element }],
          rowGroups: [{ columns: [], totalByteSize: 0, numRows: 0, kept: group }],
          keyValueMetadata: [{ key: "k", kept: pair }],
          kept: file,
        };
        const bytes = encodeFooter(metadata);
        expect(Buffer.compare(again(metadata), bytes)).toBe(0);
        const read = decodeMetadata(bytes);
        expect(read.kept ?? []).toEqual(file);
        expect(read.schema.at(0)?.kept ?? []).toEqual(element);
        expect(read.rowGroups.at(0)?.kept ?? []).toEqual(group);
        expect(read.keyValueMetadata?.at(0)?.kept ?? []).toEqual(pair);
      }),
    );
  });

  it("of known fields is kept too: codes of newer versions, texts that are no UTF-8", () => {
    const latin1 = Uint8Array.of(3, 0x5a, 0x6f, 0xeb);
    const metadata: FooterMetadata = {
      ...base,
      schema: [
        { name: "root", numChildren: 1 },
        {
          name: "a",
          repetition: "OPTIONAL",
          type: "BYTE_ARRAY",
          kept: [
            { id: 6, type: 5, bytes: Uint8Array.of(0x7e) },
            // A decimal with a third field.
            { id: 10, type: STRUCT, bytes: Uint8Array.of(0x5c, 0x15, 4, 0x15, 20, 0x15, 2, 0, 0) },
          ],
        },
      ],
      createdBy: "unused",
      kept: [{ id: 6, type: BINARY, bytes: latin1 }],
    };
    const read = decodeMetadata(encodeFooter(metadata));
    expect(read.createdBy).toBe("Zo\uFFFD");
    expect(read.schema.at(1)).toMatchObject({ logicalType: { type: "DECIMAL", scale: 2, precision: 10 } });
    expect(read.schema.at(1)?.convertedType).toBe(undefined);
    expect(Buffer.compare(again(metadata), encodeFooter(metadata))).toBe(0);
  });
});

describe("logical types", () => {
  it("come back", () => {
    const types = [
      { type: "STRING" },
      { type: "UUID" },
      { type: "DECIMAL", scale: 2, precision: 9 },
      { type: "TIME", isAdjustedToUtc: false, unit: "NANOS" },
      { type: "TIMESTAMP", isAdjustedToUtc: true, unit: "MICROS" },
      { type: "INTEGER", bitWidth: 8, isSigned: false },
      { type: "VARIANT", specificationVersion: 1 },
      { type: "VARIANT" },
      { type: "GEOMETRY", crs: "OGC:CRS84" },
      { type: "GEOGRAPHY", algorithm: 2 },
      { type: "GEOGRAPHY" },
    ] as const;
    const metadata: FooterMetadata = {
      ...base,
      schema: [
        { name: "root", numChildren: types.length },
        ...types.map(
          (logicalType, i) =>
            ({ name: `c${i}`, type: "BYTE_ARRAY", repetition: "REQUIRED", logicalType }) as const,
        ),
      ],
    };
    const read = decodeMetadata(encodeFooter(metadata));
    expect(read.schema.slice(1).map(({ logicalType }) => logicalType)).toEqual(types);
    expect(read.schema.every(({ kept: fields }) => fields === undefined)).toBe(true);
  });
});

describe("encryption", () => {
  it("of columns under a readable footer is told, and such a footer is not written anew", async () => {
    const out = new ThriftWriter();
    new StructWriter(out).field(1, STRUCT, 1, () => out.byte(0)).end();
    const bytes = footerFileEnd({ ...base, kept: [{ id: 8, type: STRUCT, bytes: out.finish() }] });
    const { metadata } = await readFooter(bytesSource(Buffer.concat([Buffer.from("PAR1"), bytes])));
    expect(metadata.encryptionAlgorithm).toEqual({ name: "AES_GCM_V1" });
    expect(leafColumns(metadata)).toHaveLength(1);
    expect(() => encodeFooter(metadata)).toThrow(expect.objectContaining({ code: "UNSUPPORTED" }) as Error);
  });

  it("of a column's metadata leaves its place", () => {
    const chunk = new ThriftWriter();
    new StructWriter(chunk)
      .int(2, I64, 0)
      .int(4, I64, 1234)
      .field(8, STRUCT, 1, () => chunk.byte(0))
      .binary(9, Uint8Array.of(1, 2, 3))
      .end();
    const group = new ThriftWriter();
    group.list(1, STRUCT);
    group.bytes(chunk.finish());
    const bytes = encodeFooter({
      ...base,
      rowGroups: [
        { columns: [], totalByteSize: 1, numRows: 1, kept: [{ id: 1, type: LIST, bytes: group.finish() }] },
      ],
    });
    const read = decodeMetadata(bytes).rowGroups.at(0)?.columns.at(0);
    expect(read).toMatchObject({
      encrypted: true,
      hasMetadata: false,
      offsetIndexOffset: 1234,
      totalCompressedSize: 0,
    });
    expect([read?.type, read?.statistics, read?.pathInSchema, read?.numValues]).toEqual([
      undefined,
      undefined,
      [],
      0,
    ]);
    expect(Buffer.compare(encodeFooter(decodeMetadata(bytes)), bytes)).toBe(0);
  });
});
