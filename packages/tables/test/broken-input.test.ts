import { DiagnosticsCollector, PitotError } from "@pitot/core";
import { Table, tableFromIPC, tableToIPC, type Data } from "apache-arrow";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import {
  columnProfileTable,
  columnStatsTable,
  IdSet,
  qualityFromDuplicates,
  qualityFromIds,
  recordDatasets,
  type TableInput,
} from "../src/index.ts";
import { arbitraryColumn, TYPES } from "./arbitrary-columns.ts";

const SPEC = { idCol: "id", entityKind: "NODE", issue: "INVALID_ID" };

// Bodies; ipc-bytes.test.ts has metadata too.
it.each(Object.keys(TYPES))("a body of %s with faults is read or refused, and nothing else", (name) => {
  const faults = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(arbitraryColumn(name), faults, ({ table: whole }, changes) => {
      // Buffers of what is read from bytes are views of the bytes, so that they can be changed in place.
      const table = tableFromIPC(tableToIPC(new Table(whole.schema, whole.batches), "stream").slice());
      const buffers = table.batches.flatMap(({ data }) =>
        data.children.flatMap((chunk) =>
          [chunk, ...((chunk.dictionary?.data ?? []) as Data[])].flatMap(
            ({ values, valueOffsets, nullBitmap }) =>
              [values, valueOffsets, nullBitmap]
                .filter((buffer): buffer is Uint8Array => ArrayBuffer.isView(buffer) && buffer.byteLength > 0)
                .map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength)),
          ),
        ),
      );
      for (const [at, value] of changes)
        for (const bytes of buffers.slice(at % (buffers.length + 1)).slice(0, 1))
          bytes[at % bytes.length] = value;
      const uses: ((input: TableInput) => unknown)[] = [
        (input) => columnStatsTable({ input }),
        (input) => columnProfileTable({ input }),
        (input) => qualityFromIds(input, SPEC),
        (input) => qualityFromDuplicates(input, SPEC),
        (input) => new IdSet().add(input, "id"),
      ];
      for (const use of uses)
        try {
          use(table);
        } catch (error) {
          if (!(error instanceof PitotError)) throw error;
          expect(["INVALID_DATA", "INVALID_ARGUMENT", "UNSUPPORTED"]).toContain(error.code);
        }
      expect(() => recordDatasets(new DiagnosticsCollector(), { table })).not.toThrow();
    }),
    { numRuns: 60 },
  );
});
