import { createRequire } from "node:module";
import type { Resource, ResourceDetector } from "@opentelemetry/resources";
import type { Sampler, SpanLimits } from "@opentelemetry/sdk-trace";
import { ATTR_SERVICE_NAME } from "@pitot/semconv";

const require = createRequire(import.meta.url);

/** The resource that NodeSDK would make: defaults, detectors by `OTEL_NODE_RESOURCE_DETECTORS`, and the service's name. */
export function resourceOf(serviceName: string | undefined): Resource {
  const resources = require("@opentelemetry/resources") as typeof import("@opentelemetry/resources");
  const known: Record<string, ResourceDetector> = {
    env: resources.envDetector,
    process: resources.processDetector,
    host: resources.hostDetector,
    os: resources.osDetector,
    serviceinstance: resources.serviceInstanceIdDetector,
  };
  const wanted = (process.env["OTEL_NODE_RESOURCE_DETECTORS"] || "env,process,host")
    .split(",")
    .map((name) => name.trim());
  const detectors = wanted.includes("none")
    ? []
    : wanted.includes("all")
      ? Object.values(known)
      : wanted.flatMap((name) => known[name] ?? []);
  const detected = resources.defaultResource().merge(resources.detectResources({ detectors }));
  const resource =
    serviceName === undefined
      ? detected
      : detected.merge(resources.resourceFromAttributes({ [ATTR_SERVICE_NAME]: serviceName }));
  // Exporters wait for detectors; where there is none, nobody would, and the resource would never be known whole.
  void resource.waitForAsyncAttributes?.();
  return resource;
}

/** The sampler of `OTEL_TRACES_SAMPLER`, checked by the configuration before; undefined for the SDK's default. */
export function samplerFromEnvironment(): Sampler | undefined {
  const name = process.env["OTEL_TRACES_SAMPLER"]?.trim();
  if (name === undefined || name === "") return undefined;
  const sdk = require("@opentelemetry/sdk-trace") as typeof import("@opentelemetry/sdk-trace");
  const root = name.endsWith("always_on")
    ? new sdk.AlwaysOnSampler()
    : name.endsWith("always_off")
      ? new sdk.AlwaysOffSampler()
      : new sdk.TraceIdRatioBasedSampler(Number(process.env["OTEL_TRACES_SAMPLER_ARG"] || 1));
  return name.startsWith("parentbased_") ? new sdk.ParentBasedSampler({ root }) : root;
}

/** The limits of `OTEL_SPAN_*` and `OTEL_ATTRIBUTE_*`. */
export function spanLimitsFromEnvironment(): SpanLimits {
  const limits: Record<string, number> = {};
  const read = (limit: keyof SpanLimits, ...variables: string[]): void => {
    for (const variable of variables) {
      const text = process.env[variable]?.trim();
      if (text !== undefined && text !== "" && !Number.isNaN(Number(text))) {
        limits[limit] = Number(text);
        return;
      }
    }
  };
  read("attributeCountLimit", "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "OTEL_ATTRIBUTE_COUNT_LIMIT");
  read(
    "attributeValueLengthLimit",
    "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT",
    "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT",
  );
  read("eventCountLimit", "OTEL_SPAN_EVENT_COUNT_LIMIT");
  read("linkCountLimit", "OTEL_SPAN_LINK_COUNT_LIMIT");
  read(
    "attributePerEventCountLimit",
    "OTEL_SPAN_ATTRIBUTE_PER_EVENT_COUNT_LIMIT",
    "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT",
  );
  read(
    "attributePerLinkCountLimit",
    "OTEL_SPAN_ATTRIBUTE_PER_LINK_COUNT_LIMIT",
    "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT",
  );
  return limits;
}
