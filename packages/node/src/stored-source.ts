import type { Attributes, HrTime } from "@opentelemetry/api";
import type { InstrumentationScope } from "@opentelemetry/core";
import { resourceFromAttributes, type Resource } from "@opentelemetry/resources";
import { ATTR_SERVICE_NAME } from "@pitot/semconv";

/** The columns that tell where a span or log record comes from. */
interface StoredSource {
  readonly resource: string | null;
  readonly service_name: string | null;
  readonly scope_name: string | null;
  readonly scope_version: string | null;
}

// Exporters group by identity, so that one text is one object. The last few are enough: a folder has few.
const resources = new Map<string, Resource>();
const scopes = new Map<string, InstrumentationScope>();

/** The resource of a row, the same object for the same text. */
export function storedResource({ resource, service_name: service }: StoredSource): Resource {
  const text = resource ?? JSON.stringify({ [ATTR_SERVICE_NAME]: service ?? "unknown_service" });
  return one(resources, text, () => resourceFromAttributes(JSON.parse(text) as Attributes));
}

/** The instrumentation scope of a row, the same object for the same names. */
export function storedScope({
  scope_name: name,
  scope_version: version,
}: StoredSource): InstrumentationScope {
  return one(scopes, JSON.stringify([name, version]), () => ({
    name: name ?? "",
    ...(version === null ? {} : { version }),
  }));
}

function one<T>(known: Map<string, T>, key: string, make: () => T): T {
  let value = known.get(key);
  if (value === undefined) {
    if (known.size >= 64) known.clear();
    value = make();
    known.set(key, value);
  }
  return value;
}

/** Nanoseconds as a time of the SDK. */
export function hrTime(nanos: bigint): HrTime {
  return [Number(nanos / 1_000_000_000n), Number(nanos % 1_000_000_000n)];
}
