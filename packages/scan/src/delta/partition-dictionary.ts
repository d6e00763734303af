type PartitionText = Readonly<Record<string, string | null>>;

interface Node {
  next: Map<string | null, Node> | undefined;
  code: number;
}

/** The partitions of a table's files, each once: a file has the code of its own. */
export class PartitionDictionary {
  readonly values: PartitionText[] = [];
  readonly #root: Node = { next: undefined, code: -1 };

  codeOf(values: PartitionText): number {
    let node = this.#root;
    for (const key in values) node = step(step(node, key), values[key] ?? null);
    if (node.code < 0) node.code = this.values.push(values) - 1;
    return node.code;
  }
}

function step(from: Node, text: string | null): Node {
  const next = (from.next ??= new Map<string | null, Node>());
  let node = next.get(text);
  if (node === undefined) next.set(text, (node = { next: undefined, code: -1 }));
  return node;
}
