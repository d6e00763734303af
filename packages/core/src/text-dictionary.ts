/** Look-ups kept; beyond them a text may get a second code, so that memory stays bounded where text does not repeat. */
const MAX_LOOKUPS = 1 << 16;

/** Text of a batch column that repeats over a run; `values` is shared by all batches of it. */
export class TextDictionary {
  readonly values: string[] = [];
  readonly #codes = new Map<string, number>();

  /** The code of a text; -1 for none. */
  code(text: string | null): number {
    if (text === null) return -1;
    let code = this.#codes.get(text);
    if (code === undefined) {
      if (this.#codes.size >= MAX_LOOKUPS) this.#codes.clear();
      code = this.values.length;
      this.values.push(text);
      this.#codes.set(text, code);
    }
    return code;
  }
}
