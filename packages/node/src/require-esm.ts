import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Loads a module of ours in one tick, by name or absolute path: in a `require` hook, or when a stream is about to flow, there is no time
 * for an import. Node warns of a `require` of an ES module where its caller is not below node_modules; published, we are, and in a
 * checkout this pretends to be.
 */
export const requireEsm: NodeJS.Require = createRequire(
  join(dirname(fileURLToPath(import.meta.url)), "node_modules", "_.cjs"),
);
