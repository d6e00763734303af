import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { exportRun, listRuns, prune, readRun, recover, tailRun } from "@pitot/snapshot";
import { startOtlpSink } from "@pitot/testing";
import { afterEach, beforeEach, expect, it } from "vitest";
import { replay } from "../src/index.ts";

/** A finished run and one that was killed, each with undelivered spans. */
const runs = fileURLToPath(new URL("../../snapshot/test/older/runs", import.meta.url));
let directory: string;
let bad: string;
let good: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "pitot-hostile-"));
  cpSync(runs, join(directory, "runs"), { recursive: true });
  [bad = "", good = ""] = listRuns(directory).map((id) => join(directory, "runs", id));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const noise = (length: number): Buffer => Buffer.from(Array.from({ length }, (_, i) => (i * 7919) % 251));
const inPlaceOf = (path: string, put: (path: string) => void): void => {
  rmSync(path, { recursive: true, force: true });
  put(path);
};

/** What somebody may do to one run, or beside the runs. */
const ATTACKS: Readonly<Record<string, (folder: string, directory: string) => void>> = {
  "a ledger of noise": (folder) => writeFileSync(join(folder, "delivery.ledger"), noise(5000)),
  "a ledger that is a folder": (folder) => inPlaceOf(join(folder, "delivery.ledger"), mkdirSync),
  "a ledger that is a link": (folder) =>
    inPlaceOf(join(folder, "delivery.ledger"), (path) => symlinkSync("/etc/passwd", path)),
  "a ledger that claims too much": (folder) =>
    appendFileSync(join(folder, "delivery.ledger"), "~ 99999 x\nl+ 0-9007199254740991\nl~ -5 3-1\n"),
  "a manifest of null": (folder) => writeFileSync(join(folder, "run.json"), "null"),
  "half a manifest": (folder) => truncateSync(join(folder, "run.json"), 50),
  "a manifest without its parts": (folder) =>
    writeFileSync(
      join(folder, "run.json"),
      '{"manifest_version":1,"id":"x","state":"compacted","tables":null}',
    ),
  "a manifest that is a folder": (folder) => inPlaceOf(join(folder, "run.json"), mkdirSync),
  "a table that is a folder": (folder) => inPlaceOf(join(folder, "spans.arrow"), mkdirSync),
  "a table of noise": (folder) => writeFileSync(join(folder, "spans.arrow"), noise(9000)),
  "an empty table": (folder) => truncateSync(join(folder, "spans.arrow"), 0),
  "a table with a length beyond all bounds": (folder) => {
    const path = join(folder, "spans.arrow");
    const bytes = readFileSync(path);
    bytes.writeInt32LE(0x7fffffff, 12);
    writeFileSync(path, bytes);
  },
  "folders in place of temporary files": (folder) => {
    for (const name of ["run.json.tmp", "x.tmp", "spans.arrow.tmp"])
      mkdirSync(join(folder, name, "y"), { recursive: true });
  },
  "tables that are none": (folder) => {
    writeFileSync(join(folder, "x.arrows"), "x");
    writeFileSync(join(folder, "évil name.arrow"), "");
  },
  "claims that are none": (folder) => {
    mkdirSync(join(folder, "owner-1-aa.claim"));
    writeFileSync(join(folder, "owner-1-ab.claim"), "{");
    writeFileSync(join(folder, "1-ac.claim"), "null");
    symlinkSync("/dev/zero", join(folder, "1-ad.claim"));
  },
  "runs that are none": (_, parent) => {
    for (const name of [" ", "é", ".hidden", "a b"]) mkdirSync(join(parent, "runs", name));
    symlinkSync("/etc", join(parent, "runs", "link"));
    writeFileSync(join(parent, "runs", "file"), "");
  },
  "an outbox that is a file": (_, parent) => writeFileSync(join(parent, "outbox"), ""),
  "sessions that are a file": (_, parent) => writeFileSync(join(parent, "session"), ""),
  "requests that are none": (_, parent) => {
    const outbox = join(parent, "outbox");
    mkdirSync(join(outbox, "open-2-y/z"), { recursive: true });
    mkdirSync(join(outbox, "b--1-1-1.metrics.json"));
    for (const name of ["%zz--1-1-1.metrics.json", "open-1-x", "x", "open-2-y/%zz--0-0-0.metrics.json"])
      writeFileSync(join(outbox, name), "{}");
  },
};

it.each(Object.entries(ATTACKS))(
  "%s: the other runs are recovered, replayed and pruned",
  async (_, attack) => {
    attack(bad, directory);
    await using sink = await startOtlpSink();
    await recover(directory);
    const report = await replay({ directory, endpoint: sink.url });
    // Two that were not confirmed, and the one that was open.
    const sent = sink.spans.map(({ name }) => name);
    expect(sent).toEqual(expect.arrayContaining(["span 13", "span 14", "span 99"]));
    expect(report.scopes.find(({ folder }) => folder === good)).toMatchObject({
      outcome: "delivered",
      spans: 6,
    });
    const again = await replay({ directory, endpoint: sink.url });
    expect(again.scopes.map(({ folder }) => folder)).not.toContain(good);
    for (const id of listRuns(directory)) {
      const told = (error: unknown): string =>
        error instanceof Error ? `${error.name} ${error.message}` : "";
      // Either it is read, or the error names the file.
      for (const read of [
        async () => await readRun(directory, id).table("spans"),
        async () => await exportRun(directory, id, { format: "jsonl", output: join(directory, "out") }),
        async () => await tailRun(directory, id).next(),
      ])
        await read().catch((error: unknown) => expect(told(error)).toMatch(/PitotError|EISDIR|ELOOP/));
    }
    await prune(directory, { maxRuns: 0 });
    expect(readdirSync(join(directory, "runs"))).not.toContain(good.split("/").at(-1));
  },
);
