import { PitotError } from "@pitot/core";

/**
 * The nodes that `targets` need, themselves included, in an order in which they can run: depth first.
 *
 * @throws PitotError INVALID_CONFIGURATION for what is neither a node nor configured, and a cycle, which it tells
 */
export function planNodes(
  nodes: ReadonlyMap<string, { readonly deps?: readonly string[] }>,
  config: Readonly<Record<string, unknown>>,
  targets: readonly string[],
): string[] {
  const order: string[] = [];
  const done = new Set<string>();
  // A stack of its own: a chain of a hundred thousand nodes is no reason to overflow.
  const path: { id: string; deps: readonly string[]; next: number }[] = [];
  const open = new Set<string>();
  const enter = (id: string, from: string | undefined): void => {
    if (done.has(id) || (Object.hasOwn(config, id) && !nodes.has(id))) return;
    const node = nodes.get(id);
    if (node === undefined)
      throw new PitotError(
        "INVALID_CONFIGURATION",
        `${from === undefined ? "A target" : `Node ${from}`} needs what is neither a node nor configured`,
        {
          value: id,
          remedy: `Add it to nodes or config. There are: ${[...nodes.keys(), ...Object.keys(config)].slice(0, 20).join(", ")}.`,
        },
      );
    if (open.has(id)) {
      const ids = path.map((step) => step.id);
      throw new PitotError("INVALID_CONFIGURATION", "The nodes form a cycle", {
        value: [...ids.slice(ids.indexOf(id)), id].join(" -> "),
        remedy: "Break it.",
      });
    }
    open.add(id);
    path.push({ id, deps: node.deps ?? [], next: 0 });
  };
  for (const target of targets) {
    enter(target, undefined);
    while (path.length > 0) {
      const step = path.at(-1)!;
      const dep = step.deps[step.next++];
      if (dep !== undefined) enter(dep, step.id);
      else {
        path.pop();
        open.delete(step.id);
        done.add(step.id);
        order.push(step.id);
      }
    }
  }
  return order;
}
