import type { Redactor } from "./redaction.ts";

/** JSON-safe data: what every payload becomes before anything stores or sends it. */
export type PlainValue = string | number | boolean | null | PlainValue[] | { [key: string]: PlainValue };

/** An object of {@link PlainValue}s. */
export type PlainObject = { [key: string]: PlainValue };

/** The outcome of {@link toPlain}. */
export interface PlainResult {
  readonly value: PlainValue;
  /** Values masked, hashed or dropped by redaction rules. */
  readonly redacted: number;
  /** True where depth or size bounds cut something. */
  readonly cut: boolean;
}

const MAX_DEPTH = 64;
const MAX_NODES = 200_000;

/**
 * Copies any value into JSON-safe data, applying redaction on the way. Never throws: getters that
 * throw, cycles and foreign objects become a bracketed note. `bigint` becomes a number where exact
 * and else text; NaN and infinities become text; `Date` ISO text; `Map` an object; `Set` and typed
 * arrays arrays; bytes hex. Cut at 64 levels and 200,000 values, and says so in `cut`.
 */
export function toPlain(input: unknown, redactor: Redactor): PlainResult {
  const walk = new Walk(redactor);
  const value = walk.visit(input, "", 0) ?? null;
  return { value, redacted: walk.redacted, cut: walk.cut };
}

/** Plain data as an object: what is none becomes `{ value }`. */
export function asObject(value: PlainValue): PlainObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : { value };
}

class Walk {
  redacted = 0;
  cut = false;
  #nodes = 0;
  /** The objects around what is visited. A list: there are few at once, and a set costs each payload one. */
  readonly #open: object[] = [];
  readonly #redactor: Redactor;

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  visit(value: unknown, path: string, depth: number): PlainValue | undefined {
    if (++this.#nodes > MAX_NODES) {
      this.cut = true;
      return undefined;
    }
    switch (typeof value) {
      case "string": {
        const clean = this.#redactor.text(value);
        if (clean !== value) this.redacted++;
        return clean;
      }
      case "number":
        return Number.isFinite(value) ? value : String(value);
      case "boolean":
        return value;
      case "bigint":
        return BigInt(Number(value)) === value && Number.isSafeInteger(Number(value))
          ? Number(value)
          : value.toString();
      case "object":
        return value === null ? null : this.#object(value, path, depth);
      case "undefined":
        return undefined;
      default:
        return `[${typeof value}]`;
    }
  }

  #object(value: object, path: string, depth: number): PlainValue | undefined {
    if (this.#open.includes(value)) return "[circular]";
    if (depth >= MAX_DEPTH) {
      this.cut = true;
      return "[too deep]";
    }
    this.#open.push(value);
    try {
      if (value instanceof Date)
        return Number.isNaN(value.getTime()) ? "[invalid date]" : value.toISOString();
      if (value instanceof Error)
        return this.#entries(
          [
            ["type", value.name],
            ["message", value.message],
          ],
          path,
          depth,
        );
      if (value instanceof Uint8Array || value instanceof ArrayBuffer)
        return Buffer.from(value as Uint8Array).toString("hex");
      if (ArrayBuffer.isView(value) && !(value instanceof DataView))
        return this.#list(value as unknown as Iterable<unknown>, path, depth);
      if (Array.isArray(value) || value instanceof Set) return this.#list(value, path, depth);
      if (value instanceof Map)
        return this.#entries(
          [...value].map(([key, item]) => [String(key), item]),
          path,
          depth,
        );
      const toJson = (value as { toJSON?: unknown }).toJSON;
      if (typeof toJson === "function") return this.visit(toJson.call(value), path, depth + 1);
      return this.#properties(value, path, depth);
    } catch (error) {
      return unreadable(error);
    } finally {
      this.#open.pop();
    }
  }

  #list(items: Iterable<unknown>, path: string, depth: number): PlainValue[] {
    const list: PlainValue[] = [];
    for (const item of items) {
      list.push(this.visit(item, path, depth + 1) ?? null);
      if (this.#nodes > MAX_NODES) break;
    }
    return list;
  }

  #entries(entries: readonly (readonly [string, unknown])[], path: string, depth: number): PlainObject {
    const result: PlainObject = {};
    for (const [key, item] of entries) this.#put(result, key, item, path, depth);
    return result;
  }

  #properties(value: object, path: string, depth: number): PlainObject {
    const result: PlainObject = {};
    for (const key of Object.keys(value)) {
      let item: unknown;
      try {
        item = (value as Record<string, unknown>)[key];
      } catch (error) {
        item = unreadable(error);
      }
      this.#put(result, key, item, path, depth);
      if (this.#nodes > MAX_NODES) break;
    }
    return result;
  }

  #put(target: PlainObject, key: string, item: unknown, path: string, depth: number): void {
    const inner = path === "" ? key : `${path}.${key}`;
    const rule = this.#redactor.rule(inner, key);
    if (rule !== undefined) {
      this.redacted++;
      const replacement = this.#redactor.replace(rule, item);
      if (replacement !== undefined) define(target, key, replacement);
      return;
    }
    const plain = this.visit(item, inner, depth + 1);
    if (plain !== undefined) define(target, key, plain);
  }
}

/** Plain assignment of `__proto__` would change the prototype instead of making a property. */
function define(target: PlainObject, key: string, value: PlainValue): void {
  if (key === "__proto__")
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  else target[key] = value;
}

function unreadable(error: unknown): string {
  try {
    return `[unreadable: ${error instanceof Error ? error.message : String(error)}]`;
  } catch {
    return "[unreadable]";
  }
}
