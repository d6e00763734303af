import { PREFIX, type BodyLayout } from "./ipc-metadata.ts";

const KEEP_BYTES = 4 << 20;

/**
 * Bytes of messages under construction: a growing buffer, seen as bytes and as numbers. Buffers begin at multiples of 8, so that readers
 * can map them.
 */
export class BatchBody {
  bytes: Buffer = Buffer.allocUnsafeSlow(64 << 10);
  int32: Int32Array = new Int32Array(this.bytes.buffer);
  float64: Float64Array = new Float64Array(this.bytes.buffer);
  int64: BigInt64Array = new BigInt64Array(this.bytes.buffer);
  length = 0;
  #start = 0;
  #nodes: number[] = [];
  #buffers: number[] = [];

  /** Forgets everything. */
  reset(): void {
    this.length = 0;
    // One huge payload must not hold its memory for ever.
    if (this.bytes.length > KEEP_BYTES) this.#resize(KEEP_BYTES);
  }

  /** Makes room for `bytes`, and returns where. */
  allocate(bytes: number): number {
    const at = this.length;
    this.ensure(bytes + 8);
    const end = at + bytes;
    this.length = (end + 7) & ~7;
    // What pads is read by nobody, but the same rows shall make the same file.
    this.bytes.fill(0, end, this.length);
    return at;
  }

  /** Grows so that `bytes` fit behind what there is. */
  ensure(bytes: number): void {
    const needed = this.length + bytes;
    if (needed <= this.bytes.length) return;
    let capacity = this.bytes.length;
    while (capacity < needed) capacity *= 2;
    this.#resize(capacity);
  }

  /** A message's body begins here. */
  begin(): void {
    this.#start = this.length;
    this.#nodes = [];
    this.#buffers = [];
  }

  /** A field of the body. */
  node(rows: number, nulls: number): void {
    this.#nodes.push(rows, nulls);
  }

  /** A buffer of the body; returns where it lies. */
  buffer(bytes: number): number {
    const at = this.allocate(bytes);
    this.#buffers.push(at - this.#start, bytes);
    return at;
  }

  /**
   * A buffer of a column that is null throughout, so that nobody looks at its bytes, but which readers want to be as long as its rows: the bytes that
   * the body begins with, once more.
   */
  unread(bytes: number): void {
    if (this.length - this.#start >= bytes) {
      this.#buffers.push(0, bytes);
      return;
    }
    const at = this.buffer(bytes);
    this.bytes.fill(0, at, at + bytes);
  }

  /** Writes a message's prefix and metadata at a place that was allocated for them. */
  message(at: number, metadata: Uint8Array): void {
    this.int32[at >> 2] = -1;
    this.int32[(at >> 2) + 1] = metadata.length;
    this.bytes.set(metadata, at + PREFIX);
  }

  /** What has been written since {@link BatchBody.begin}. */
  layout(): BodyLayout {
    return { nodes: this.#nodes, buffers: this.#buffers, bytes: this.length - this.#start };
  }

  #resize(capacity: number): void {
    const before = this.bytes;
    this.bytes = Buffer.allocUnsafeSlow(capacity);
    before.copy(this.bytes, 0, 0, Math.min(this.length, capacity));
    this.int32 = new Int32Array(this.bytes.buffer);
    this.float64 = new Float64Array(this.bytes.buffer);
    this.int64 = new BigInt64Array(this.bytes.buffer);
  }
}
