import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Paths of the built programs. */
export interface BackendBinaries {
  readonly collector: string;
  readonly jaeger: string;
  readonly prometheus: string;
  readonly promtool: string;
}

const BUILDER = "go.opentelemetry.io/collector/cmd/builder@v0.159.0";
const sources = fileURLToPath(new URL("../../backends/", import.meta.url));

/**
 * Builds Collector, Jaeger and Prometheus from Go modules, once per state of their manifests: the programs lie in the user's
 * cache folder, so that a second call returns at once. Takes minutes the first time; tells its progress on stderr.
 *
 * @throws Error where Go is missing or a build fails
 */
export function buildBackends(): BackendBinaries {
  const cache = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "pitot-backends");
  return {
    collector: built(cache, "collector", ["collector"], (folder) => {
      go(folder, ["install", BUILDER], { GOBIN: folder });
      run(join(folder, "builder"), ["--config", "manifest.yaml", "--skip-strict-versioning"], folder, {});
      copyFileSync(join(folder, "build/otelcol-pitot"), join(folder, "collector"));
    })[0]!,
    jaeger: built(cache, "jaeger", ["jaeger"], (folder) =>
      go(folder, ["build", "-o", "jaeger", "github.com/jaegertracing/jaeger/cmd/jaeger"]),
    )[0]!,
    ...prometheus(cache),
  };
}

function prometheus(cache: string): { prometheus: string; promtool: string } {
  const module = "github.com/prometheus/prometheus/cmd";
  const [server, tool] = built(cache, "prometheus", ["prometheus", "promtool"], (folder) => {
    for (const name of ["prometheus", "promtool"])
      go(folder, ["build", "-tags", "remove_all_sd", "-o", name, `${module}/${name}`]);
  });
  return { prometheus: server!, promtool: tool! };
}

function built(
  cache: string,
  name: string,
  programs: readonly string[],
  build: (folder: string) => void,
): string[] {
  const hash = createHash("sha256");
  const folder = join(sources, name);
  for (const file of readdirSync(folder).sort()) hash.update(file).update(readFileSync(join(folder, file)));
  const target = join(cache, `${name}-${hash.digest("hex").slice(0, 16)}`);
  const paths = programs.map((program) => join(target, program));
  if (paths.every((path) => existsSync(path))) return paths;
  process.stderr.write(`backends: building ${name} (once; some minutes) … `);
  const started = Date.now();
  const work = mkdtempSync(join(tmpdir(), "pitot-build-"));
  try {
    cpSync(folder, work, { recursive: true });
    build(work);
    // Aside first, then renamed: a build that is interrupted leaves nothing that looks whole.
    const ready = `${target}.${process.pid}`;
    mkdirSync(ready, { recursive: true });
    for (const program of programs) copyFileSync(join(work, program), join(ready, program));
    rmSync(target, { recursive: true, force: true });
    renameSync(ready, target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  process.stderr.write(`${Math.round((Date.now() - started) / 1000)} s\n`);
  return paths;
}

function go(folder: string, args: readonly string[], env: Record<string, string> = {}): void {
  // The checksum database lacks some of these modules; go.sum pins them instead.
  run("go", args, folder, { GONOSUMDB: "*", GOFLAGS: "-mod=mod", ...env });
}

function run(command: string, args: readonly string[], cwd: string, env: Record<string, string>): void {
  const { status, error, stderr } = spawnSync(command, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (status === 0) return;
  const why = error?.message ?? stderr.split("\n").slice(-20).join("\n");
  throw new Error(
    `${command} ${args.join(" ")} failed: ${why}. Install Go 1.26 or later, or use docker compose.`,
  );
}
