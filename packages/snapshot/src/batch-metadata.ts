import { blankBatch, blankDictionary, PREFIX, type BodyLayout } from "./ipc-metadata.ts";
import { fieldPlace, partField } from "./message-header.ts";

// Batches of a table, and all dictionaries, have metadata that differ in numbers alone: they are built once, and the numbers written into their places.

/** The metadata of the record batches of a table. */
export class BatchMetadata {
  /** Bytes of a message ahead of its body. */
  readonly length: number;
  readonly #bytes: Uint8Array;
  readonly #numbers: Numbers;

  constructor(nodes: number, buffers: number) {
    this.#bytes = blankBatch(nodes, buffers);
    this.length = PREFIX + this.#bytes.length;
    const [view, message, header] = opened(this.#bytes);
    this.#numbers = new Numbers(view, message, header);
  }

  /** The bytes stand until the next call. */
  of(rows: number, layout: BodyLayout): Uint8Array {
    this.#numbers.write(rows, layout);
    return this.#bytes;
  }
}

/** The metadata of dictionaries; a delta adds to the values before it. */
class DictionaryMetadata {
  /** Bytes of a message ahead of its body. */
  readonly length: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #numbers: Numbers;
  readonly #id: number;
  readonly #isDelta: number;

  constructor() {
    this.#bytes = blankDictionary();
    this.length = PREFIX + this.#bytes.length;
    const [view, message, header] = opened(this.#bytes);
    this.#view = view;
    this.#numbers = new Numbers(view, message, partField(view, header, 1));
    this.#id = fieldPlace(view, header, 0);
    this.#isDelta = fieldPlace(view, header, 2);
  }

  /** The bytes stand until the next call. */
  of(id: number, isDelta: boolean, values: number, layout: BodyLayout): Uint8Array {
    this.#view.setUint32(this.#id, id, true);
    this.#view.setUint8(this.#isDelta, isDelta ? 1 : 0);
    this.#numbers.write(values, layout);
    return this.#bytes;
  }
}

/** Where a message has the numbers of a record batch. */
class Numbers {
  readonly #view: DataView;
  readonly #bodyLength: number;
  readonly #rows: number;
  readonly #nodes: number;
  readonly #buffers: number;

  constructor(view: DataView, message: number, batch: number) {
    this.#view = view;
    this.#bodyLength = fieldPlace(view, message, 3);
    this.#rows = fieldPlace(view, batch, 0);
    // Behind their counts.
    this.#nodes = partField(view, batch, 1) + 4;
    this.#buffers = partField(view, batch, 2) + 4;
  }

  write(rows: number, { nodes, buffers, bytes }: BodyLayout): void {
    this.#int64(this.#bodyLength, bytes);
    this.#int64(this.#rows, rows);
    for (let i = 0; i < nodes.length; i++) this.#int64(this.#nodes + 8 * i, nodes[i]!);
    for (let i = 0; i < buffers.length; i++) this.#int64(this.#buffers + 8 * i, buffers[i]!);
  }

  #int64(at: number, value: number): void {
    this.#view.setUint32(at, value >>> 0, true);
    this.#view.setUint32(at + 4, Math.floor(value / 2 ** 32), true);
  }
}

/** That of every dictionary. */
export const DICTIONARY: DictionaryMetadata = new DictionaryMetadata();

/** A message, its root table and its header. */
function opened(bytes: Uint8Array): [view: DataView, message: number, header: number] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const message = view.getUint32(0, true);
  return [view, message, partField(view, message, 2)];
}
