import { PitotError } from "@pitot/core";
import { RecordBatchReader, Table, type RecordBatch } from "apache-arrow";
import { checkIpc } from "./check-ipc.ts";
import { withCodecs } from "./ipc-codecs.ts";

/**
 * A table of the bytes of an Arrow IPC stream or file, as apache-arrow, flechette or pyarrow write it. Buffers are views of the bytes.
 *
 * @throws PitotError INVALID_DATA where the bytes are cut off or broken, with the whole batches before that in the message; UNSUPPORTED for
 * what apache-arrow does not read (run-end encoding, list views), and for what unpacks to too much
 */
export function readIpc(bytes: Uint8Array): Table {
  const batches: RecordBatch[] = [];
  try {
    if (bytes.length < 8) throw new Error("too short for any IPC message");
    checkIpc(bytes);
    return withCodecs(bytes.length, () => {
      const reader = RecordBatchReader.from(bytes).open();
      for (const batch of reader) batches.push(batch);
      return batches.length === 0 ? new Table(reader.schema) : new Table(batches);
    });
  } catch (cause) {
    if (cause instanceof PitotError) throw cause;
    const text = cause instanceof Error ? cause.message : String(cause);
    const unsupported = /unrecognized type|not implemented|Unsupported/i.test(text);
    throw new PitotError(
      unsupported ? "UNSUPPORTED" : "INVALID_DATA",
      unsupported
        ? "apache-arrow does not read this Arrow IPC data"
        : `These are not whole Arrow IPC bytes (${batches.length} whole batches before the fault)`,
      {
        value: `${bytes.length} bytes: ${text}`,
        remedy: unsupported
          ? "Write it without run-end encoding and list views."
          : "Read the file again; it was cut off or is of another format.",
        cause,
      },
    );
  }
}
