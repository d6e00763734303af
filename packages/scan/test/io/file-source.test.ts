import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  asAsyncBuffer,
  asyncBufferSource,
  bytesSource,
  countingSource,
  fileSource,
} from "../../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "pitot-io-"));
afterAll(() => rmSync(folder, { recursive: true }));
const BYTES = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
let files = 0;
const file = (bytes: Uint8Array = BYTES): string => {
  const path = join(folder, `${files++}.bin`);
  writeFileSync(path, bytes);
  return path;
};

describe("fileSource", () => {
  it("gives slices, suffixes and the size", async () => {
    const source = fileSource(file());
    expect(source.byteLength).toBe(undefined);
    expect(await source.suffix(10)).toEqual({ bytes: BYTES.slice(990), byteLength: 1000 });
    expect(source.byteLength).toBe(1000);
    expect(await source.slice(0, 5)).toEqual(BYTES.slice(0, 5));
    expect(await source.slice(1000, 1000)).toEqual(new Uint8Array());
    expect((await source.suffix(5000)).bytes).toEqual(BYTES);
    expect(await fileSource(file(new Uint8Array())).suffix(8)).toEqual({
      bytes: new Uint8Array(),
      byteLength: 0,
    });
    await source.close();
  });

  it("names a folder, a missing file and a range behind the end", async () => {
    mkdirSync(join(folder, "sub"), { recursive: true });
    for (const [path, problem] of [
      [join(folder, "sub"), /not a file/],
      [join(folder, "missing"), /cannot be read/],
    ] as const)
      await expect(fileSource(path).suffix(8)).rejects.toMatchObject({
        code: "IO",
        message: expect.stringMatching(problem) as string,
      });
    await expect(fileSource(file()).slice(990, 1001)).rejects.toMatchObject({ code: "IO" });
    await expect(fileSource(file()).slice(-1, 4)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });

  it("does not mix two versions of a file", async () => {
    for (const change of [
      (path: string) => appendFileSync(path, "x"),
      (path: string) => truncateSync(path, 500),
      (path: string) => renameSync(file(BYTES.toReversed()), path),
    ]) {
      const path = file();
      const source = fileSource(path);
      await source.suffix(8);
      change(path);
      await expect(source.slice(0, 10)).rejects.toThrow(/changed while it was read/);
    }
    const path = file();
    const source = fileSource(path);
    await source.suffix(8);
    rmSync(path);
    await expect(source.slice(0, 10)).rejects.toMatchObject({ code: "IO" });
  });

  it("holds few descriptors however many files are read at once, and none after", async () => {
    const path = file();
    const descriptors = (): number =>
      (existsSync("/proc/self/fd") ? readdirSync("/proc/self/fd") : []).filter((name) => {
        try {
          return readlinkSync(`/proc/self/fd/${name}`) === path;
        } catch {
          // Closed since.
          return false;
        }
      }).length;
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, descriptors())), 1);
    await Promise.all(Array.from({ length: 5000 }, () => fileSource(path).suffix(8)));
    clearInterval(watch);
    expect(most).toBeLessThanOrEqual(64);
    expect(descriptors()).toBe(0);
  });

  it("lets the event loop turn while many are read from the page cache, and can be cancelled then", async () => {
    const path = file();
    const stop = new AbortController();
    const reason = new Error("enough");
    let turns = 0;
    let read = 0;
    const turn = (): void => {
      if (++turns === 20) stop.abort(reason);
      else setImmediate(turn);
    };
    setImmediate(turn);
    const worker = async (): Promise<void> => {
      for (let i = 0; i < 50_000; i++)
        read += (await fileSource(path).suffix(1000, stop.signal)).bytes.length;
    };
    await expect(Promise.all([worker(), worker(), worker()])).rejects.toBe(reason);
    expect(read).toBeGreaterThan(0);
  });

  it.skipIf(process.platform === "win32")("does not wait for a pipe to be written to", async () => {
    const path = join(folder, "pipe");
    execFileSync("mkfifo", [path]);
    await expect(fileSource(path).suffix(8)).rejects.toThrow(/not a file/);
  });

  it("can be cancelled", async () => {
    const reason = new Error("enough");
    await expect(fileSource(file()).suffix(8, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

describe("the other sources", () => {
  it("give the same from bytes and from an AsyncBuffer, counted", async () => {
    const buffer = {
      byteLength: 1000,
      slice: (start: number, end?: number) => BYTES.slice(start, end).buffer,
    };
    for (const source of [bytesSource(BYTES, "memory"), asyncBufferSource(buffer, "memory")]) {
      const counted = countingSource(source);
      expect(counted.location).toBe("memory");
      expect(await counted.slice(10, 20)).toEqual(BYTES.slice(10, 20));
      expect((await counted.suffix(5)).bytes).toEqual(BYTES.slice(995));
      await expect(counted.slice(990, 1001)).rejects.toMatchObject({ code: "IO" });
      expect(counted).toMatchObject({ requests: 3, bytes: 15, byteLength: 1000 });
      await expect(counted.slice(0, 1, AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
      await counted.close();
    }
  });

  it("refuse an AsyncBuffer that gives fewer bytes than it has", async () => {
    const buffer = { byteLength: 1000, slice: () => new ArrayBuffer(3) };
    await expect(asyncBufferSource(buffer, "short").slice(0, 10)).rejects.toMatchObject({ code: "IO" });
  });

  it("are read by hyparquet through an AsyncBuffer of their own", async () => {
    const source = countingSource(bytesSource(BYTES));
    const buffer = asAsyncBuffer(source);
    expect(new Uint8Array(await buffer.slice(10, 20))).toEqual(BYTES.slice(10, 20));
    expect(new Uint8Array(await buffer.slice(-5))).toEqual(BYTES.slice(995));
    expect(source.requests).toBe(2);
    expect(() => asAsyncBuffer(fileSource(file()))).toThrow(/not known yet/);
  });
});
