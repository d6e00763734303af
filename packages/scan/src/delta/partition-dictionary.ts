type PartitionText = Readonly<Record<string, string | null>>;

interface Node {
  next: Map<string | null, Node> | undefined;
  code: number;
}

/** The partitions of a table's files, each once: a file has the code of its own. */
export class PartitionDictionary {
  readonly values: PartitionText[] = [];
  readonly #root: Node = { next: undefined, code: -1 };
  #at: Node = this.#root;

  /** Begins a partition: `step` by `step`, then `code`. No object is made for one that is known. */
  begin(): void {
    this.#at = this.#root;
  }

  step(text: string | null): void {
    const next = (this.#at.next ??= new Map<string | null, Node>());
    let node = next.get(text);
    if (node === undefined) next.set(text, (node = { next: undefined, code: -1 }));
    this.#at = node;
  }

  /** @param read makes the values, where they are not known */
  code(read: () => PartitionText): number {
    if (this.#at.code < 0) this.#at.code = this.values.push(read()) - 1;
    return this.#at.code;
  }

  codeOf(values: PartitionText): number {
    this.begin();
    for (const key in values) {
      this.step(key);
      this.step(values[key] ?? null);
    }
    return this.code(() => values);
  }
}
