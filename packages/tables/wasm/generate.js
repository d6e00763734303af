// Makes src/block-kernels-module.ts from kernels.wat.
// `node generate.js` writes; a test calls `generate()` and compares.
import { readFileSync, writeFileSync } from "node:fs";
import { assemble } from "./assemble.js";

const target = new URL("../src/block-kernels-module.ts", import.meta.url);

/** @returns {string} the text of src/block-kernels-module.ts */
export function generate() {
  const bytes = assemble(readFileSync(new URL("kernels.wat", import.meta.url), "utf8"));
  return `// Made from wasm/kernels.wat by wasm/generate.js. Change the text, then run it again.

/** The ${bytes.length} bytes of a WebAssembly module, as base64. */
export const MODULE: string =
  "${Buffer.from(bytes).toString("base64")}";
`;
}

if (process.argv[1] === new URL(import.meta.url).pathname) writeFileSync(target, generate());
