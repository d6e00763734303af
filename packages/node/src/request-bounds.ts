/** How much goes into one request. */
export interface RequestBounds {
  readonly batchItems: number;
  /** Estimated bytes. */
  readonly batchBytes: number;
}

/** The parts of one request: as many as its bounds allow, one at least. */
export class RequestParts<Part> {
  readonly parts: Part[] = [];
  readonly #bounds: RequestBounds;
  #bytes = 0;

  constructor(bounds: RequestBounds) {
    this.#bounds = bounds;
  }

  /** @returns false where it belongs into the next request */
  add(part: Part, bytes: number): boolean {
    const { batchItems, batchBytes } = this.#bounds;
    const { length } = this.parts;
    if (length > 0 && (length >= batchItems || this.#bytes + bytes > batchBytes)) return false;
    this.parts.push(part);
    this.#bytes += bytes;
    return true;
  }
}
