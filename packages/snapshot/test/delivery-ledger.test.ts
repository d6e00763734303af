import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, integer, nat, property } from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DeliveryLedger, readLedger } from "../src/delivery-ledger.ts";

let parent: string;
let folder: string;
let file: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "pitot-ledger-"));
  folder = join(parent, "a-run");
  mkdirSync(folder);
  file = join(folder, "delivery.ledger");
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

function write(...entries: ((ledger: DeliveryLedger) => void)[]): void {
  const ledger = new DeliveryLedger(folder);
  for (const entry of entries) entry(ledger);
  ledger.close();
}

const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);

/** What a ledger says, as plain data; of its ordinals those below 100. */
function said(): unknown {
  const { spans, spanIds, logs, all, doubted } = readLedger(folder);
  return {
    spans: range(0, 99).filter((seq) => spans.seqs.has(seq)),
    logs: range(0, 99).filter((seq) => logs.seqs.has(seq)),
    sizes: [spans.seqs.size, logs.seqs.size],
    rejected: [spans.rejected, logs.rejected],
    spanIds: [...spanIds],
    all,
    doubted,
  };
}

const NOTHING = {
  spans: [],
  logs: [],
  sizes: [0, 0],
  rejected: [0, 0],
  spanIds: [],
  all: undefined,
  doubted: 0,
};
const ID = "00000000000000ab";

describe("a ledger", () => {
  it("says what was written, whoever wrote it after whom", () => {
    write((ledger) => ledger.confirm("spans", [0, 1, 2, 7], 1));
    write(
      (ledger) => ledger.confirm("logs", [3], 1),
      (ledger) => ledger.confirmIds([ID], 1),
      (ledger) => ledger.complete(5, 1),
    );
    expect(said()).toEqual({
      spans: [0, 1, 2, 7],
      logs: [3],
      sizes: [4, 1],
      rejected: [2, 1],
      spanIds: [ID],
      all: { spans: 5, logs: 1 },
      doubted: 0,
    });
  });

  it("that is torn anywhere says what its whole entries say, and goes on behind them", () => {
    write(
      (ledger) => ledger.confirm("spans", range(0, 9)),
      (ledger) => ledger.confirm("spans", range(10, 19)),
    );
    const whole = readFileSync(file);
    const first = whole.indexOf("\n") + 1;
    for (let length = 0; length < whole.length; length++) {
      writeFileSync(file, whole.subarray(0, length));
      write((ledger) => ledger.confirm("spans", [50]));
      const kept = length >= whole.length - 1 ? range(0, 19) : length >= first - 1 ? range(0, 9) : [];
      expect([length, said()]).toEqual([
        length,
        {
          ...NOTHING,
          spans: [...kept, 50],
          sizes: [kept.length + 1, 0],
          doubted: [0, first - 1, first, whole.length - 1].includes(length) ? 0 : 1,
        },
      ]);
    }
  });

  it("that was changed anywhere claims no delivery that was not", () => {
    write(
      (ledger) => ledger.confirm("spans", range(0, 9), 2),
      (ledger) => ledger.confirm("logs", range(0, 4)),
      (ledger) => ledger.confirmIds([ID]),
      (ledger) => ledger.complete(11, 5),
    );
    const whole = readFileSync(file);
    assert(
      property(nat(whole.length - 1), integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Buffer.from(whole);
        changed[at] = changed[at]! ^ flip;
        writeFileSync(file, changed);
        const { spans, spanIds, logs, all, doubted } = readLedger(folder);
        // Whatever is believed is what was written; what is not is told.
        expect([0, 10]).toContain(spans.seqs.size);
        expect(spans.rejected).toBe(spans.seqs.size === 0 ? 0 : 2);
        expect([0, 5]).toContain(logs.seqs.size);
        expect([[], [ID]]).toContainEqual([...spanIds]);
        expect([undefined, { spans: 11, logs: 5 }]).toContainEqual(all);
        expect(doubted).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });

  it("of another run says nothing here", () => {
    write((ledger) => ledger.confirm("spans", range(0, 9)));
    const other = join(parent, "b-run");
    mkdirSync(other);
    copyFileSync(file, join(other, "delivery.ledger"));
    const { spans, doubted } = readLedger(other);
    expect([spans.seqs.size, doubted]).toEqual([0, 1]);
  });

  it.each([
    "= 99999 99999\n",
    "spans 0-9007199254740991\n",
    "l+ 0-9007199254740991\n",
    "~ 99999 x\n",
    "+ x y\n",
    "spans 0-9 #00000000\n",
    "\u0000\u0000\u0000\n",
  ])("does not believe %j", (line) => {
    write((ledger) => ledger.confirm("spans", [4]));
    appendFileSync(file, line);
    expect(said()).toEqual({ ...NOTHING, spans: [4], sizes: [1, 0], doubted: 1 });
  });

  it("of before entries had a proof is believed where it names spans", () => {
    writeFileSync(file, `+ ${ID} 00000000000000ac\n+ 00000000000000ad 00000000`);
    expect(said()).toEqual({
      ...NOTHING,
      spanIds: [ID, "00000000000000ac", "00000000000000ad"],
      doubted: 1,
    });
  });
});
