import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { parse } from "yaml";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const compose = parse(readFileSync(join(root, "docker-compose.yml"), "utf8")) as {
  services: Record<string, { image: string; volumes?: string[] }>;
};

it("mounts files that are there", () => {
  const mounts = Object.values(compose.services).flatMap(({ volumes = [] }) =>
    volumes.filter((volume) => volume.startsWith("./")),
  );
  expect(mounts.length).toBeGreaterThanOrEqual(5);
  for (const mount of mounts) expect(existsSync(join(root, mount.split(":")[0] ?? "")), mount).toBe(true);
});

it("names the versions that the tests build", () => {
  const read = (path: string): string => readFileSync(join(root, "packages/e2e/backends", path), "utf8");
  const images = Object.fromEntries(
    Object.entries(compose.services).map(([name, { image }]) => [name, image.split(":")[1]]),
  );
  expect(read("collector/manifest.yaml")).toContain(`otlpreceiver v${images["collector"]}`);
  // Jaeger 2.13 is module v1.76; Prometheus v3.15 is module v0.315.
  expect(images["jaeger"]).toBe("2.13.0");
  expect(read("jaeger/go.mod")).toContain("github.com/jaegertracing/jaeger v1.76.0");
  expect(images["prometheus"]).toBe("v3.15.0");
  expect(read("prometheus/go.mod")).toContain("github.com/prometheus/prometheus v0.315.0");
});
