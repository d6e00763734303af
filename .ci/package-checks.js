// Packs each public package, checks the tarballs as npm would serve them, and has a stranger install and compile them.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const work = mkdtempSync(join(tmpdir(), "pitot-pack-"));
const run = (/** @type {string} */ command, /** @type {string[]} */ args, /** @type {string} */ cwd) =>
  execFileSync(command, args, {
    cwd,
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
    shell: process.platform === "win32",
  });

try {
  /** @type {Record<string, string>} */
  const tarballs = {};
  for (const folder of readdirSync(join(root, "packages"))) {
    const path = join(root, "packages", folder);
    const manifest = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
    if (manifest.private) continue;
    const [packed] = JSON.parse(
      run("npm", ["pack", "--json", "--loglevel=error", "--pack-destination", work], path),
    );
    const tarball = join(work, packed.filename);
    run("npx", ["publint", "run", tarball, "--strict"], root);
    run("npx", ["attw", tarball, "--profile", "esm-only"], root);
    tarballs[manifest.name] = `file:${tarball}`;
    console.log(`${manifest.name}: ${packed.files.length} files, ${packed.size} bytes`);
  }
  consumer(tarballs);
} finally {
  rmSync(work, { recursive: true, force: true });
}

/**
 * A project that knows Pitot from its tarballs only, compiled as strictly as TypeScript can.
 * @param {Record<string, string>} tarballs
 */
function consumer(tarballs) {
  const wanted = (/** @type {string} */ manifest, /** @type {string} */ name) =>
    JSON.parse(readFileSync(join(root, manifest), "utf8")).devDependencies[name];
  writeFileSync(
    join(work, "package.json"),
    JSON.stringify({
      private: true,
      type: "module",
      // An optional peer whose versions are all pre-releases, which few ranges let pass.
      dependencies: {
        ...tarballs,
        "@duckdb/node-api": wanted("packages/duckdb/package.json", "@duckdb/node-api"),
      },
      overrides: tarballs,
      devDependencies: { typescript: wanted("package.json", "typescript"), "@types/node": "20.19.43" },
    }),
  );
  writeFileSync(
    join(work, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: {
        strict: true,
        skipLibCheck: false,
        module: "nodenext",
        target: "es2023",
        types: ["node"],
        outDir: "out",
      },
      files: ["app.ts"],
    }),
  );
  writeFileSync(
    join(work, "app.ts"),
    `import { DiagnosticsCollector, readRun, startPitot, trackedRun } from "pitot";
const pitot = await startPitot({ serviceName: "consumer", otlp: false });
const sink = new DiagnosticsCollector();
const id: string = trackedRun({ label: "consumer", sink }, (run) => {
  run.recordQualityRow("ORDER", "0", "INVALID_ID", "orders");
  return run.runId;
});
await pitot.shutdown();
const rows = (await readRun(String(pitot.snapshotDirectory), id).table("quality"))?.numRows;
if (rows !== 1 || sink.qualitySnapshot().length !== 1) throw new Error(\`\${rows} rows\`);
console.log("a consumer project compiles and runs");
`,
  );
  run("npm", ["install", "--prefer-offline", "--loglevel=error"], work);
  run("npx", ["tsc"], work);
  console.log(run(process.execPath, ["out/app.js"], work).trim());
}
