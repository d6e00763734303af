import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { BatchEncoder } from "./encode-batch.ts";
import { PREFIX } from "./ipc-metadata.ts";
import { dictionaryPart } from "./message-header.ts";
import { openReadHandle } from "./private-file.ts";
import { scanMessages } from "./scan-messages.ts";
import { tableMetadata } from "./table-metadata.ts";
import { TABLE_SCHEMAS } from "./table-schemas.ts";
import { TableStream } from "./table-stream.ts";

/**
 * Copies the whole messages of a table's stream into another folder, as they are, and returns the table there, ready to take more rows. Undefined
 * where the stream is that of another schema: its rows have to be written anew.
 */
export async function continueStream(
  source: string,
  folder: string,
  name: string,
): Promise<TableStream | undefined> {
  const schema = TABLE_SCHEMAS[name]!;
  const encoder = new BatchEncoder(schema);
  const from = await openReadHandle(source);
  try {
    const wanted = tableMetadata(schema).schema;
    let [bytes, rows] = [0, 0];
    for await (const message of scanMessages(from)) {
      const { metadataLength, header } = message;
      if (header.type === "schema") {
        if (!(await message.bytes()).subarray(PREFIX).equals(wanted)) return undefined;
        encoder.resume();
      } else if (header.type === "dictionary") {
        const whole = await message.bytes();
        const part = dictionaryPart(
          whole.subarray(PREFIX, metadataLength),
          header,
          whole.subarray(metadataLength),
        );
        encoder.resume(part);
      }
      rows += header.rows;
      bytes += metadataLength + header.bodyLength;
    }
    if (bytes === 0) return undefined;
    const path = join(folder, `${name}.arrows`);
    await pipeline(
      from.createReadStream({ start: 0, end: bytes - 1, autoClose: false, highWaterMark: 1 << 20 }),
      createWriteStream(path, { flags: "wx", mode: 0o600 }),
    );
    return new TableStream(folder, name, { encoder, bytes, rows });
  } finally {
    await from.close();
  }
}
