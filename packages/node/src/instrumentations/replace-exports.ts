import { types } from "node:util";

/**
 * A module's exports with some of them replaced: in place on the mutable namespace of import-in-the-middle, else as a copy, since neither an
 * ES module's namespace nor the getters of a transpiled CommonJS module can be changed. Names that the module lacks are not added, and
 * functions keep their names and lengths.
 */
export function replaceExports<T extends object>(
  exports: T,
  replacements: Readonly<Record<string, unknown>>,
): T {
  const names = Object.keys(replacements).filter((name) => name in exports);
  for (const name of names) keepShape((exports as Record<string, unknown>)[name], replacements[name]);
  if (types.isProxy(exports)) {
    for (const name of names) (exports as Record<string, unknown>)[name] = replacements[name];
    return exports;
  }
  const copy = Object.create(Object.getPrototypeOf(exports) as object | null, {
    ...Object.getOwnPropertyDescriptors(exports),
    ...Object.fromEntries(
      names.map((name) => [
        name,
        { value: replacements[name], enumerable: true, configurable: true, writable: true },
      ]),
    ),
  }) as T;
  return copy;
}

function keepShape(original: unknown, ours: unknown): void {
  if (typeof original !== "function" || typeof ours !== "function") return;
  const { name, length } = original;
  Object.defineProperties(ours, {
    name: { value: name, configurable: true },
    length: { value: length, configurable: true },
  });
}
