import { createHash } from "node:crypto";
import type { Attributes, AttributeValue } from "@opentelemetry/api";
import { ATTR_PAYLOAD, ATTR_PAYLOAD_JSON, ATTR_PAYLOAD_SHA256, ATTR_PAYLOAD_TRUNCATED } from "@pitot/semconv";
import type { PlainObject, PlainValue } from "./plain-value.ts";

const MAX_DEPTH = 4;
const MAX_LIST = 64;
const MAX_TEXT = 1024;
/** Paths whose attribute names are kept. */
const MAX_KEYS = 4096;

/** What bounds a flattened payload. */
export interface FlattenLimits {
  /** Attributes that may be used, the `pitot.payload.json` trio included. */
  readonly attributes: number;
  /** Bytes of JSON kept of what does not fit. */
  readonly payloadBytes: number;
  /** Characters of a text that an attribute holds. */
  readonly textLength: number;
}

/**
 * Adds flat attributes `pitot.payload.<path>` of a payload. What is too deep, too long or too many stands as JSON in
 * `pitot.payload.json`, cut on a character boundary, beside the digest of the whole payload's JSON, by which the
 * snapshot's row is found.
 *
 * @param json `JSON.stringify(payload)`, which the caller has at hand
 * @returns true where the attributes do not hold the whole payload
 */
export function flattenPayload(
  payload: PlainObject,
  json: string,
  limits: FlattenLimits,
  into: Attributes,
): boolean {
  const flattening = new Flattening(limits, into);
  flattening.add(payload, "", 0);
  const { rest } = flattening;
  if (rest === undefined) return false;
  const text = JSON.stringify(rest);
  const kept = cutText(cutUtf8(text, limits.payloadBytes), limits.textLength);
  const truncated = kept.length < text.length;
  if (limits.attributes < 3) return true;
  into[ATTR_PAYLOAD_JSON] = kept;
  into[ATTR_PAYLOAD_SHA256] = createHash("sha256").update(json).digest("hex");
  if (truncated) into[ATTR_PAYLOAD_TRUNCATED] = true;
  return truncated;
}

class Flattening {
  /** What has no place in flat attributes, by path. */
  rest: PlainObject | undefined;
  readonly #into: Attributes;
  readonly #longest: number;
  #left: number;

  constructor({ attributes, textLength }: FlattenLimits, into: Attributes) {
    this.#into = into;
    this.#longest = Math.min(MAX_TEXT, textLength);
    this.#left = attributes - 3;
  }

  add(value: PlainValue, path: string, depth: number): void {
    if (value === null) return;
    if (isTree(value) && depth < MAX_DEPTH) {
      for (const key of Object.keys(value))
        this.add(value[key]!, path === "" ? key : `${path}.${key}`, depth + 1);
      return;
    }
    const flat = path === "" || this.#left <= 0 ? undefined : asAttribute(value, this.#longest);
    if (flat === undefined) (this.rest ??= Object.create(null) as PlainObject)[path] = value;
    else {
      this.#into[attributeKey(path)] = flat;
      this.#left--;
    }
  }
}

const keys = new Map<string, string>();

/** `pitot.payload.<path>`: most payloads have the paths of others, and a name made anew is hashed anew. */
function attributeKey(path: string): string {
  let key = keys.get(path);
  if (key === undefined) {
    key = `${ATTR_PAYLOAD}.${path}`;
    if (keys.size < MAX_KEYS) keys.set(path, key);
  }
  return key;
}

/** The longest prefix of `text` that is at most `bytes` of UTF-8 and ends between characters. */
export function cutUtf8(text: string, bytes: number): string {
  if (text.length * 3 <= bytes) return text;
  const encoded = Buffer.from(text, "utf8");
  if (encoded.length <= bytes) return text;
  let end = bytes;
  while (end > 0 && (encoded[end]! & 0xc0) === 0x80) end--;
  return encoded.toString("utf8", 0, end);
}

/** The longest prefix of at most `length` UTF-16 units that ends between characters. */
function cutText(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length).replace(/[\ud800-\udbff]$/, "");
}

function isTree(value: PlainValue): value is PlainObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asAttribute(value: PlainValue, longest: number): AttributeValue | undefined {
  if (typeof value === "string") return value.length <= longest ? value : undefined;
  if (typeof value === "number" || typeof value === "boolean") return value;
  if (!Array.isArray(value) || value.length > MAX_LIST) return undefined;
  const type = typeof value[0];
  const uniform = value.every((item) => typeof item === type && item !== null && typeof item !== "object");
  const fits = value.every((item) => typeof item !== "string" || item.length <= longest);
  return uniform && fits ? (value as string[] | number[] | boolean[]) : undefined;
}
