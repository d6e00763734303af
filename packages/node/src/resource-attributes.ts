import type { Attributes, AttributeValue } from "@opentelemetry/api";
import type { Resource } from "@opentelemetry/resources";

/** What a resource has by now. Its own `attributes` tell an error through `diag` at each call while a detector is at work. */
export function resourceAttributes(resource: Resource): Attributes {
  if (resource.asyncAttributesPending !== true) return resource.attributes;
  const attributes: Record<string, AttributeValue> = {};
  for (const [name, value] of resource.getRawAttributes())
    if (value !== undefined && value !== null && !isPromise(value)) attributes[name] ??= value;
  return attributes;
}

function isPromise<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as { then?: unknown }).then === "function";
}

const resourceTexts = new WeakMap<object, { text: string; final: boolean }>();

/** Attributes of a resource as JSON text. */
export function resourceText(resource: Resource): string {
  let known = resourceTexts.get(resource);
  // Detectors may still be at work.
  if (known === undefined || !known.final) {
    known = {
      text: JSON.stringify(resourceAttributes(resource)),
      final: resource.asyncAttributesPending !== true,
    };
    resourceTexts.set(resource, known);
  }
  return known.text;
}
