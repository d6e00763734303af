import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { claimFolder } from "@pitot/snapshot/folder-claim";
import { startOtlpSink } from "@pitot/testing";
import { afterEach, beforeEach, expect, it } from "vitest";
import { replay } from "../src/index.ts";
import { Outbox, outboxName, putRequest } from "../src/outbox.ts";

let directory: string;
let folder: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "pitot-outbox-"));
  folder = join(directory, "outbox");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

it("keeps its bound beside the checkpoints of living processes and the claim of one that replays", async () => {
  mkdirSync(join(folder, "open-1-aa"), { recursive: true });
  const claim = (await claimFolder(folder))!;
  const others = readdirSync(folder);
  putRequest(join(folder, `${outboxName("old", 1, 0, "metrics", "json")}.refused`), Buffer.alloc(100));
  const outbox = new Outbox(directory, "test", 1000);
  for (let i = 0; i < 20; i++) outbox.add("json", Buffer.alloc(100));
  const requests = readdirSync(folder).filter((name) => name.includes("metrics"));
  expect(requests.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)).toBe(1000);
  expect(requests.some((name) => /-19\.metrics/.test(name))).toBe(true);
  // The refused one is the oldest.
  expect(outbox.dropped).toBe(11);
  expect(readdirSync(folder)).toEqual(expect.arrayContaining(others));
  claim.release();
});

it("is sent though a request makes room meanwhile", async () => {
  const outbox = new Outbox(directory, "test");
  for (let i = 0; i < 3; i++) outbox.add("json", Buffer.from('{"resourceMetrics":[]}'));
  const [, second] = readdirSync(folder).toSorted();
  await using sink = await startOtlpSink({
    answer: () => {
      rmSync(join(folder, second!), { force: true });
      return { status: 200 };
    },
  });
  const { requests } = await replay({ directory, endpoint: sink.url });
  expect(requests).toEqual({ waiting: 2, delivered: 2, refused: 0 });
});

it.each([401, 403, 302, 407])("waits where the back end lets nobody in (%d)", async (status) => {
  new Outbox(directory, "test").add("json", Buffer.from('{"resourceMetrics":[]}'));
  await using sink = await startOtlpSink({ answer: () => ({ status }) });
  expect((await replay({ directory, endpoint: sink.url })).requests).toEqual({
    waiting: 1,
    delivered: 0,
    refused: 0,
  });
  expect(sink.requests).toHaveLength(1);
  sink.answer(() => ({ status: 200 }));
  expect((await replay({ directory, endpoint: sink.url })).requests.delivered).toBe(1);
});
