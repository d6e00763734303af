import { createHmac } from "node:crypto";
import { PitotError } from "./pitot-error.ts";

/** What happens to a value that a rule finds. `hash` is HMAC-SHA256, so that equal values stay equal. */
export type RedactionAction = "drop" | "mask" | "hash";

/** One redaction rule. The first rule that matches wins; yours come before the defaults. */
export interface RedactionRule {
  /** Exact attribute path (`user.email`), glob (`*` spans dots: `*.email`) or regular expression. */
  readonly path: string | RegExp;
  readonly action: RedactionAction;
  /** Only for quality rows of this source table (exact or glob). */
  readonly dataset?: string;
}

/** What redaction puts in place of a masked value. */
export const MASK = "[redacted]";

const SECRET_KEY =
  /(?:^|_)(?:authorization|cookie|cookies|password|passwd|secret|token|api_?key|credentials?)$/;
const COMMAND_ARGS = "process.command_args";
const URL_CREDENTIALS = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@:]*:[^\s/@]*@/gi;

interface CompiledRule {
  readonly action: RedactionAction;
  readonly matches: (path: string) => boolean;
  readonly dataset: ((name: string) => boolean) | undefined;
}

/**
 * The compiled rule list. Applied once, when a record is made, so that OTLP, snapshot and viewer see
 * the same. Always masks keys that end in authorization, cookie, password, secret, token or api_key
 * (in any case style), credentials in URLs, and `process.command_args`.
 */
export class Redactor {
  readonly #rules: readonly CompiledRule[];
  readonly #key: string | undefined;
  readonly #secretKeys = new Map<string, boolean>();

  /**
   * @param key the HMAC key for `hash` rules, usually from `PITOT_REDACTION_KEY`
   * @throws PitotError INVALID_CONFIGURATION where a `hash` rule has no key, or a rule is malformed
   */
  constructor(rules: readonly RedactionRule[] = [], key?: string) {
    this.#rules = rules.map(compile);
    this.#key = key === "" ? undefined : key;
    if (this.#key === undefined && rules.some((rule) => rule.action === "hash"))
      throw new PitotError("INVALID_CONFIGURATION", "A redaction rule hashes, but there is no key", {
        remedy: "Set PITOT_REDACTION_KEY to a secret of your own.",
      });
  }

  /** The action for the value at `path`, whose last segment is `key`; undefined leaves it. */
  rule(path: string, key: string): RedactionAction | undefined {
    for (const rule of this.#rules) if (rule.dataset === undefined && rule.matches(path)) return rule.action;
    return this.#isSecret(key) || path === COMMAND_ARGS ? "mask" : undefined;
  }

  /** The action for ids of quality rows from `sourceTable`; the path is `pitot.quality.entity_id`. */
  qualityRule(path: string, sourceTable: string): RedactionAction | undefined {
    return this.#rules.find(
      (rule) => (rule.dataset === undefined || rule.dataset(sourceTable)) && rule.matches(path),
    )?.action;
  }

  /** What stands in place of `value`; undefined drops it. */
  replace(action: RedactionAction, value: unknown): string | undefined {
    if (action === "drop") return undefined;
    if (action === "mask" || this.#key === undefined) return MASK;
    const text = typeof value === "string" ? value : (safeJson(value) ?? MASK);
    return createHmac("sha256", this.#key).update(text).digest("hex");
  }

  /** Text with the credentials of URLs in it masked. */
  text(value: string): string {
    return value.includes("://") ? value.replace(URL_CREDENTIALS, `$1${MASK}@`) : value;
  }

  #isSecret(key: string): boolean {
    let secret = this.#secretKeys.get(key);
    if (secret === undefined) {
      secret = key.length <= 256 && SECRET_KEY.test(snakeCase(key));
      if (this.#secretKeys.size < 4096) this.#secretKeys.set(key, secret);
    }
    return secret;
  }
}

function compile(rule: RedactionRule): CompiledRule {
  if (!["drop", "mask", "hash"].includes(rule.action))
    throw new PitotError("INVALID_CONFIGURATION", "Unknown redaction action", {
      value: rule.action,
      remedy: "Use drop, mask or hash.",
    });
  return {
    action: rule.action,
    matches: matcher(rule.path),
    dataset: rule.dataset === undefined ? undefined : matcher(rule.dataset),
  };
}

function matcher(pattern: string | RegExp): (text: string) => boolean {
  if (typeof pattern === "string" && !pattern.includes("*")) return (text) => text === pattern;
  // A sticky or global expression keeps state between calls, so its flags are left out.
  const expression =
    typeof pattern === "string"
      ? new RegExp(`^${pattern.split("*").map(escape).join(".*")}$`)
      : new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ""));
  return (text) => expression.test(text);
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

function snakeCase(key: string): string {
  return key
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .toLowerCase();
}

function safeJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return undefined;
  }
}
