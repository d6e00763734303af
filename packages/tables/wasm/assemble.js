/**
 * Assembles the part of the WebAssembly text format that `kernels.wat` is written in: folded instructions, named functions, locals and
 * labels, one memory. Binary layout after the WebAssembly core specification, version 2.0, chapter 5.
 */

/** @type {Record<string, number>} */
const TYPES = { i32: 0x7f, i64: 0x7e, f64: 0x7c, v128: 0x7b };

/** One-byte instructions, by name. */
/** @type {Record<string, number>} */
const PLAIN = {
  "i32.eqz": 0x45,
  "i32.lt_u": 0x49,
  "i32.gt_u": 0x4b,
  "i32.clz": 0x67,
  "i32.ctz": 0x68,
  "i32.add": 0x6a,
  "i32.sub": 0x6b,
  "i32.mul": 0x6c,
  "i32.and": 0x71,
  "i32.xor": 0x73,
  "i32.shl": 0x74,
  "i32.shr_u": 0x76,
  "f64.convert_i64_s": 0xb9,
};

/** Instructions that take an alignment and an offset, with the alignment's exponent. */
/** @type {Record<string, [code: number[], alignment: number]>} */
const MEMORY = {
  "i32.load": [[0x28], 2],
  "i64.load": [[0x29], 3],
  "i32.load8_u": [[0x2d], 0],
  "i32.store": [[0x36], 2],
  "f64.store": [[0x39], 3],
  "i32.store8": [[0x3a], 0],
  "v128.load": [[0xfd, 0], 4],
  "v128.store": [[0xfd, 11], 4],
};

/** Vector instructions without operands of their own, by their number after the prefix 0xfd. */
/** @type {Record<string, number>} */
const VECTOR = {
  "i32x4.splat": 0x11,
  "i32x4.eq": 0x37,
  "i32x4.le_u": 0x3e,
  "f64x2.eq": 0x47,
  "v128.andnot": 0x4f,
  "v128.or": 0x50,
  "v128.xor": 0x51,
  "v128.bitselect": 0x52,
  "v128.any_true": 0x53,
  "i8x16.min_u": 0x77,
  "i32x4.bitmask": 0xa4,
  "i32x4.shr_u": 0xad,
  "i32x4.sub": 0xb1,
  "i32x4.mul": 0xb5,
  "i32x4.min_s": 0xb6,
  "i32x4.max_s": 0xb8,
  "i64x2.gt_s": 0xd9,
  "f64x2.pmin": 0xf6,
  "f64x2.pmax": 0xf7,
};

/**
 * The bytes of a module.
 * @param {string} text
 */
export function assemble(text) {
  /** @type {any[][]} */
  const module = parse(text)[0];
  const functions = module.filter((item) => item[0] === "func");
  const names = functions.map((item) => item[1]);
  const pages = Number(module.find((item) => item[0] === "memory")?.at(-1));
  const parts = functions.map((item) => compile(item, names));
  const exports = functions.flatMap((item, index) => {
    const named = item.find((part) => part[0] === "export");
    return named === undefined ? [] : [[...string(named[1].slice(1, -1)), 0, ...unsigned(index)]];
  });
  return Uint8Array.from([
    0,
    0x61,
    0x73,
    0x6d,
    1,
    0,
    0,
    0,
    ...section(1, list(parts.map(({ type }) => type))),
    ...section(3, list(parts.map((_, index) => unsigned(index)))),
    ...section(5, list([[1, ...unsigned(pages), ...unsigned(pages)]])),
    ...section(7, list([[...string("memory"), 2, 0], ...exports])),
    ...section(10, list(parts.map(({ body }) => [...unsigned(body.length), ...body]))),
  ]);
}

/**
 * Nested lists of words.
 * @param {string} text
 * @returns {any[]}
 */
function parse(text) {
  /** @type {any[]} */
  const root = [];
  const open = [root];
  for (const [word] of text.replaceAll(/;;.*/g, "").matchAll(/[()]|[^\s()]+/g))
    if (word === "(") {
      /** @type {any[]} */
      const inner = [];
      /** @type {any[]} */ (open.at(-1)).push(inner);
      open.push(inner);
    } else if (word === ")") open.pop();
    else /** @type {any[]} */ (open.at(-1)).push(word);
  if (open.length !== 1) throw new Error("Parentheses do not match");
  return root;
}

/**
 * A function.
 * @param {any[]} item
 * @param {string[]} names
 */
function compile(item, names) {
  const variables = item.filter((part) => part[0] === "param" || part[0] === "local");
  const result = item.find((part) => part[0] === "result");
  const params = variables.filter((part) => part[0] === "param").map((part) => [typeCode(part[2])]);
  const locals = variables.filter((part) => part[0] === "local").map((part) => [1, typeCode(part[2])]);
  const index = new Map(variables.map((part, i) => [part[1], i]));
  const code = item
    .slice(2)
    .filter((part) => !["param", "local", "result", "export"].includes(part[0]))
    .flatMap((part) => instruction(part, index, [], names));
  return {
    type: [0x60, ...list(params), ...list(result === undefined ? [] : [[typeCode(result[1])]])],
    body: [...list(locals), ...code, 0x0b],
  };
}

/**
 * One folded instruction: its operands, then itself.
 * @param {any[]} parts
 * @param {Map<string, number>} locals
 * @param {string[]} labels
 * @param {string[]} names
 * @returns {number[]}
 */
function instruction([name, ...rest], locals, labels, names) {
  const each = (/** @type {any[][]} */ parts, inside = labels) =>
    parts.flatMap((part) => instruction(part, locals, inside, names));
  const known = (/** @type {number | undefined} */ found, /** @type {string} */ what) => {
    if (found === undefined || found < 0) throw new Error(`No such ${what}: ${name} ${rest[0]}`);
    return unsigned(found);
  };
  switch (name) {
    case "block":
    case "loop":
      return [name === "block" ? 2 : 3, 0x40, ...each(rest.slice(1), [rest[0], ...labels]), 0x0b];
    case "if":
      return [...each([rest[0]]), 4, 0x40, ...each(rest[1].slice(1), ["", ...labels]), 0x0b];
    case "br_if":
      return [...each([rest[1]]), 0x0d, ...known(labels.indexOf(rest[0]), "label")];
    case "local.get":
      return [0x20, ...known(locals.get(rest[0]), "local")];
    case "local.set":
    case "local.tee":
      return [...each([rest[1]]), name === "local.set" ? 0x21 : 0x22, ...known(locals.get(rest[0]), "local")];
    case "call":
      return [...each(rest.slice(1)), 0x10, ...known(names.indexOf(rest[0]), "function")];
    case "i32.const":
      return [0x41, ...signed(Number(rest[0]) | 0)];
    case "i8x16.shuffle":
      return [...each(rest.slice(16)), 0xfd, 13, ...rest.slice(0, 16).map(Number)];
  }
  const memory = MEMORY[name];
  if (memory !== undefined) {
    const offset = typeof rest[0] === "string" ? Number(rest[0].slice("offset=".length)) : 0;
    const [code, alignment] = memory;
    return [
      ...each(typeof rest[0] === "string" ? rest.slice(1) : rest),
      ...code,
      alignment,
      ...unsigned(offset),
    ];
  }
  const plain = PLAIN[name];
  if (plain !== undefined) return [...each(rest), plain];
  const vector = VECTOR[name];
  if (vector !== undefined) return [...each(rest), 0xfd, ...unsigned(vector)];
  throw new Error(`No such instruction: ${name}`);
}

/** @param {string} name */
function typeCode(name) {
  const code = TYPES[name];
  if (code === undefined) throw new Error(`No such type: ${name}`);
  return code;
}

/**
 * @param {number} id
 * @param {number[]} bytes
 * @returns {number[]}
 */
function section(id, bytes) {
  return [id, ...unsigned(bytes.length), ...bytes];
}

/**
 * @param {number[][]} items
 * @returns {number[]}
 */
function list(items) {
  return [...unsigned(items.length), ...items.flat()];
}

/**
 * @param {string} text
 */
function string(text) {
  return list([...new TextEncoder().encode(text)].map((byte) => [byte]));
}

/**
 * LEB128.
 * @param {number} value
 * @returns {number[]}
 */
function unsigned(value) {
  const bytes = [];
  for (; value > 0x7f; value >>>= 7) bytes.push((value & 0x7f) | 0x80);
  return [...bytes, value];
}

/**
 * Signed LEB128 of 32 bits.
 * @param {number} value
 * @returns {number[]}
 */
function signed(value) {
  const bytes = [];
  for (; value < -64 || value > 63; value >>= 7) bytes.push((value & 0x7f) | 0x80);
  return [...bytes, value & 0x7f];
}
