// What applications do that is no reason to be disturbed: each must print, and end, as it does without us.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import {
  both,
  column,
  data,
  fixtures,
  folder,
  node,
  register,
  runs,
  spanNames,
  useRegister,
} from "./registered.ts";

useRegister();

const ESM = 'import { tableFromArrays, tableToIPC } from "apache-arrow";';
const CJS = 'const { tableFromArrays, tableToIPC } = require("apache-arrow");';
const ENCODE = "console.log(tableToIPC(tableFromArrays({ a: [1] })).byteLength > 0);";

it.each([
  ["node -e", ["-e", CJS + ENCODE], 1],
  ["node -e, as a module", ["--input-type=module", "-e", ESM + ENCODE], 1],
  ["node -p", ["-p", "6 * 7"], 0],
  ["a program that exits in an import", ["import.mjs"], 0],
  ["one that throws what is no error", ["throws.mjs"], 0],
  ["one that waits at its top level", ["waits.mjs"], 1],
  ["one that takes its environment away", ["without-env.mjs"], 1],
  ["one that changes its directory", ["moves.mjs"], 1],
  ["one that handles the signal itself", ["handles.mjs"], 1],
  ["a cluster", ["cluster.mjs"], 2],
  ["a name of many letters", ['ä "q" #1 %20.mjs'], 1],
])("%s", async (_, args, encodes) => {
  const files: Readonly<Record<string, string>> = {
    "import.mjs": 'import "./exits.mjs"; console.log("never");',
    "exits.mjs": "process.exit(4);",
    "throws.mjs": "throw null;",
    "waits.mjs": `${ESM} await new Promise((done) => setTimeout(done, 5)); ${ENCODE}`,
    "without-env.mjs": `${ESM} for (const name of Object.keys(process.env)) delete process.env[name]; process.env = {}; ${ENCODE}`,
    "moves.mjs": `process.chdir("/"); const { tableFromArrays, tableToIPC } = await import("apache-arrow"); ${ENCODE}`,
    "handles.mjs": `${ESM} process.on("exit", (code) => { console.log("exit", code); process.exitCode = 9; });
process.on("SIGTERM", () => process.exit(3)); setInterval(() => {}, 1000); ${ENCODE} process.kill(process.pid, "SIGTERM");`,
    "cluster.mjs": `import cluster from "node:cluster"; ${ESM}
if (cluster.isPrimary) for (const worker of [cluster.fork(), cluster.fork()]) worker.on("exit", (code) => console.log(code));
else { tableToIPC(tableFromArrays({ a: [1] })); process.disconnect(); }`,
    'ä "q" #1 %20.mjs': ESM + ENCODE,
  };
  const here = application(files);
  both(args, {}, here);
  const names = await Promise.all(runs().map(spanNames));
  expect(runs().length).toBeGreaterThanOrEqual(1);
  expect(names.flat().filter((name) => name === "arrow encode")).toHaveLength(encodes);
});

it("a program from the standard input", async () => {
  const here = application({});
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["--import", register, "--input-type=module", "-"],
    {
      cwd: here,
      encoding: "utf8",
      input: ESM + ENCODE,
      env: { ...process.env, PITOT_DIR: folder, PITOT_OTLP: "false" },
    },
  );
  expect([stdout, stderr, status]).toEqual(["true\n", "", 0]);
  expect(runs()[0]?.manifest.run?.label).toBe("node");
  expect(await spanNames(runs()[0]!)).toEqual(["arrow encode"]);
});

it("a file that is named by a relative path is told once", async () => {
  const here = application({
    "reads.mjs":
      'import { asyncBufferFromFile, parquetReadObjects } from "hyparquet"; await parquetReadObjects({ file: await asyncBufferFromFile("./orders.parquet"), rowEnd: 1 });',
  });
  cpSync(join(data, "orders.parquet"), join(here, "orders.parquet"));
  both(["reads.mjs"], {}, here);
  expect(await column(runs()[0]!, "name", "events")).toEqual(["dataset.input"]);
});

it("pipelines with functions, and such as Node refuses", async () => {
  const here = application({
    "streams.mjs": `import { PassThrough, pipeline, Readable, Transform, Writable } from "node:stream"; import { pipeline as promised } from "node:stream/promises";
const tell = (name, done) => function (...args) { console.log(name, this, args.length, args[0]?.code); done(); };
console.log(await promised(Readable.from([Buffer.from("a")]), async (source) => { source.setEncoding("utf8"); return (await source.toArray()).join(); }));
for (const [name, stages] of Object.entries({
  source: [() => 1, new PassThrough()], transform: [Readable.from([1]), async () => 1, new PassThrough()], fine: [Readable.from(["a"]), new PassThrough().resume()],
  fails: [Readable.from(["a"]), new Transform({ transform: (a, b, done) => done(Object.assign(new Error("x"), { code: "MINE" })) }), new PassThrough()] }))
  await new Promise((done) => {
    try { console.log(name, pipeline(...stages, tell(name, done)) === stages.at(-1)); } catch (error) { console.log(name, error.code); done(); }
  });
const shared = new Writable({ write: (a, b, done) => done() });
shared.on("newListener", (event) => console.log("listener", event));
await promised(Readable.from(["a"]), shared, { end: false });
console.log(Object.hasOwn(shared, "write"));`,
  });
  both(["streams.mjs"], {}, here);
  const names = await spanNames(runs()[0]!);
  expect(names.filter((name) => name.startsWith("stage 1 "))).toHaveLength(6);
});

it("files that cannot be read or written are no datasets, and their errors are the application's", async () => {
  const here = application({
    "files.mjs": `import fs from "node:fs"; import { readFile, writeFile } from "node:fs/promises";
process.on("unhandledRejection", (error) => console.log("unhandled", error.code, error.path));
const callback = (done) => function (...args) { console.log(this?.constructor?.name, args.length, args[0]?.code); done(); };
void readFile("none/1.parquet");
await writeFile("none/2.parquet", "x").catch((error) => console.log(error.code, Object.keys(error)));
await writeFile("none3.parquet", "x", { signal: AbortSignal.abort() }).catch((error) => console.log(error.name));
await new Promise((done) => fs.readFile("none4.parquet", callback(done)));
await new Promise((done) => fs.createReadStream("none5.parquet").on("error", callback(done)));
await new Promise((done) => fs.createWriteStream("none/6.parquet").on("error", callback(done)));
try { fs.readFileSync("none7.parquet"); } catch (error) { console.log(error.message); }
await writeFile(Buffer.from("a.parquet"), "x");
await new Promise((done) => fs.writeFile("b.parquet", "x", callback(done)));
fs.writeFileSync(new URL("c.arrow", import.meta.url), "x");
await new Promise((done) => fs.createWriteStream("d.parquet").end("x", callback(done)));
console.log(await readFile("a.parquet", "utf8"));`,
  });
  both(["files.mjs"], {}, here);
  const events = await column(runs()[0]!, "properties", "events");
  const files = events.map((text) => /([^/"]+\.(?:parquet|arrow))"/.exec(text)?.[1]);
  expect(files).toEqual(["a.parquet", "b.parquet", "c.arrow", "d.parquet", "a.parquet"]);
});

it("tests by node --test", async () => {
  const here = application({
    "a.test.mjs": `import test from "node:test"; ${ESM} test("a", () => void tableToIPC(tableFromArrays({ a: [1] })));`,
  });
  expect(node(["--import", register, "--test", "a.test.mjs"], {}, here).status).toBe(0);
  expect(await spanNames(runs()[0]!)).toContain("arrow encode");
});

/** A folder with files, and with the packages of this one. */
function application(files: Readonly<Record<string, string>>): string {
  const here = join(folder, "an app");
  mkdirSync(here);
  symlinkSync(join(fixtures, "../../../../../node_modules"), join(here, "node_modules"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(here, name), text);
  return here;
}
