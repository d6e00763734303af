import { createHash } from "node:crypto";
import type { Attributes, AttributeValue } from "@opentelemetry/api";
import { ATTR_PAYLOAD, ATTR_PAYLOAD_JSON, ATTR_PAYLOAD_SHA256, ATTR_PAYLOAD_TRUNCATED } from "@pitot/semconv";
import type { PlainObject, PlainValue } from "./plain-value.ts";

const MAX_DEPTH = 4;
const MAX_LIST = 64;
const MAX_TEXT = 1024;

/** What bounds a flattened payload. */
export interface FlattenLimits {
  /** Attributes that may be used, the `pitot.payload.json` trio included. */
  readonly attributes: number;
  /** Bytes of JSON kept of what does not fit. */
  readonly payloadBytes: number;
  /** Characters of a text that an attribute holds. */
  readonly textLength: number;
}

/** A payload as flat attributes. */
export interface FlattenedPayload {
  readonly attributes: Attributes;
  /** True where the attributes do not hold the whole payload. */
  readonly truncated: boolean;
}

/**
 * Makes flat attributes `pitot.payload.<path>` of a payload. What is too deep, too long or too many stands as JSON in
 * `pitot.payload.json`, cut on a character boundary, beside the digest of the whole payload's JSON, by which the
 * snapshot's row is found.
 *
 * @param json `JSON.stringify(payload)`, which the caller has at hand
 */
export function flattenPayload(payload: PlainObject, json: string, limits: FlattenLimits): FlattenedPayload {
  const attributes: Attributes = {};
  const longest = Math.min(MAX_TEXT, limits.textLength);
  const rest: PlainObject = {};
  let used = 0;
  const visit = (value: PlainValue, path: string, depth: number): void => {
    if (value === null) return;
    if (isTree(value) && depth < MAX_DEPTH) {
      for (const key of Object.keys(value))
        visit(value[key]!, path === "" ? key : `${path}.${key}`, depth + 1);
      return;
    }
    const flat = path === "" ? undefined : asAttribute(value, longest);
    if (flat === undefined || used + 3 >= limits.attributes) rest[path] = value;
    else {
      attributes[`${ATTR_PAYLOAD}.${path}`] = flat;
      used++;
    }
  };
  visit(payload, "", 0);
  if (Object.keys(rest).length === 0) return { attributes, truncated: false };
  const text = JSON.stringify(rest);
  const kept = cutText(cutUtf8(text, limits.payloadBytes), limits.textLength);
  const truncated = kept.length < text.length;
  if (limits.attributes >= 3) {
    attributes[ATTR_PAYLOAD_JSON] = kept;
    attributes[ATTR_PAYLOAD_SHA256] = createHash("sha256").update(json).digest("hex");
    if (truncated) attributes[ATTR_PAYLOAD_TRUNCATED] = true;
  }
  return { attributes, truncated: truncated || limits.attributes < 3 };
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
