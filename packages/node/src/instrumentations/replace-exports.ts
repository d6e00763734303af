import { types } from "node:util";

/**
 * A module's exports with some of them replaced: in place on the mutable namespace of import-in-the-middle, else as a copy, since neither an
 * ES module's namespace nor the getters of a transpiled CommonJS module can be changed. Names that the module lacks are not added.
 */
export function replaceExports<T extends object>(
  exports: T,
  replacements: Readonly<Record<string, unknown>>,
): T {
  const names = Object.keys(replacements).filter((name) => name in exports);
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
