import type { LeafValues } from "./leaf-pages.ts";
import { logError, type LogPlace } from "./log-error.ts";
import type { PartitionDictionary } from "./partition-dictionary.ts";

type Texts = LeafValues & { readonly kind: "texts" };

/**
 * The partitions of a checkpoint's rows: a row's map is a way through a trie, whose steps are pairs of places in the dictionaries of the two
 * columns. No text is looked at but once per partition.
 */
export class RowPartitions {
  /** The trie's node of each row. */
  readonly #node: Int32Array;
  readonly #parents: number[] = [-1];
  readonly #names: string[] = [""];
  readonly #values: (string | null)[] = [null];
  readonly #codes: number[] = [-1];
  readonly #place: (row: number) => LogPlace;

  constructor(columns: ReadonlyMap<string, LeafValues>, rows: number, place: (row: number) => LogPlace) {
    this.#place = place;
    this.#node = new Int32Array(rows);
    const [names, values] = [...columns].flatMap(([name, column]): Texts[] =>
      name.startsWith("partitionValues.") && column.kind === "texts" ? [column] : [],
    );
    if (names !== undefined && values !== undefined) this.#read(names, values);
  }

  /** Code of a row's partition in the dictionary. @throws PitotError INVALID_DATA where a key is there twice */
  codeOf(row: number, dictionary: PartitionDictionary): number {
    const node = this.#node[row]!;
    const known = this.#codes[node]!;
    if (known >= 0) return known;
    const entries: [string, string | null][] = [];
    for (let at = node; at > 0; at = this.#parents[at]!) entries.push([this.#names[at]!, this.#values[at]!]);
    const partition = Object.fromEntries(entries.reverse());
    if (Object.keys(partition).length < entries.length)
      throw logError(
        this.#place(row),
        "a key of add.partitionValues is there twice",
        JSON.stringify(entries),
      );
    return (this.#codes[node] = dictionary.codeOf(partition));
  }

  #read(names: Texts, values: Texts): void {
    const next: Map<number, number>[] = [new Map()];
    // Null is a value too.
    const width = values.texts.length + 1;
    let row = -1;
    let node = 0;
    for (let entry = 0; entry < names.codes.length; entry++) {
      if (names.repetitions[entry] === 0) {
        if (row >= 0) this.#node[row] = node;
        row++;
        node = 0;
      }
      const name = names.codes[entry]!;
      // An empty map has one entry without key.
      if (name < 0) continue;
      const value = values.codes[entry] ?? -1;
      const step = name * width + value + 1;
      let to = next[node]!.get(step);
      if (to === undefined) {
        to = next.push(new Map()) - 1;
        next[node]!.set(step, to);
        this.#parents.push(node);
        this.#names.push(names.texts[name]!);
        this.#values.push(values.texts[value] ?? null);
        this.#codes.push(-1);
      }
      node = to;
    }
    if (row >= 0) this.#node[row] = node;
  }
}
