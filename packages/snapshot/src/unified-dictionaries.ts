import { PitotError } from "@pitot/core";
import { BatchBody } from "./batch-body.ts";
import { DICTIONARY } from "./batch-metadata.ts";
import { PREFIX } from "./ipc-metadata.ts";
import { dictionaryPart, type DictionaryPart } from "./message-header.ts";
import type { StreamMessage } from "./scan-messages.ts";

interface Message {
  readonly bytes: Uint8Array;
  readonly metadataLength: number;
}

/** Offsets are 32-bit. */
const MAX_TEXT = 2 ** 31 - 1;

/**
 * The dictionaries of a stream, each as one: a stream's deltas only append, so that the codes in its batches stay right. Files have no deltas,
 * since not every reader takes them (Polars does not).
 */
export class UnifiedDictionaries {
  readonly #parts = new Map<number, DictionaryPart[]>();
  /** Dictionaries of one message, which stays as it is. */
  readonly #whole = new Map<number, Message>();

  /** @throws PitotError UNSUPPORTED where a dictionary is replaced, which Pitot never does */
  add({ metadataLength, header }: StreamMessage, window: Uint8Array): void {
    // A few bytes must not keep what was read around them.
    const bytes = new Uint8Array(window);
    const part = dictionaryPart(
      bytes.subarray(PREFIX, metadataLength),
      header,
      bytes.subarray(metadataLength),
    );
    const parts = this.#parts.get(part.id);
    if (parts === undefined) {
      this.#parts.set(part.id, [part]);
      if (!part.isDelta) this.#whole.set(part.id, { bytes, metadataLength });
    } else if (part.isDelta) {
      parts.push(part);
      this.#whole.delete(part.id);
    } else throw unsupported("A dictionary of the stream is replaced", part.id);
  }

  /**
   * One message per dictionary.
   * @throws PitotError UNSUPPORTED where one has more than 2 GiB of text
   */
  *messages(): Generator<Message> {
    for (const [id, parts] of this.#parts) yield this.#whole.get(id) ?? unified(id, parts);
  }
}

function unified(id: number, parts: readonly DictionaryPart[]): Message {
  const values = parts.reduce((sum, { length }) => sum + length, 0);
  const text = parts.reduce((sum, { data }) => sum + data.length, 0);
  if (text > MAX_TEXT) throw unsupported("A dictionary has more than 2 GiB of text", id);
  const body = new BatchBody();
  const metadataLength = DICTIONARY.length;
  const at = body.allocate(metadataLength);
  body.begin();
  body.node(values, 0);
  body.buffer(0);
  const offsets = body.buffer(4 * (values + 1)) >> 2;
  body.int32[offsets] = 0;
  let row = offsets;
  for (const part of parts) {
    const shift = body.int32[row]!;
    for (let i = 1; i <= part.length; i++) body.int32[row + i] = shift + part.offset(i);
    row += part.length;
  }
  let end = body.buffer(text);
  for (const { data } of parts) {
    body.bytes.set(data, end);
    end += data.length;
  }
  body.message(at, DICTIONARY.of(id, false, values, body.layout()));
  return { bytes: body.bytes.subarray(0, body.length), metadataLength };
}

function unsupported(problem: string, id: number): PitotError {
  return new PitotError("UNSUPPORTED", problem, {
    value: id,
    remedy: "Read the stream file as it is.",
  });
}
