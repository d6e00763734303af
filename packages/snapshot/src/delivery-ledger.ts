import { closeSync, fstatSync, fsyncSync, readFileSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { OrdinalRanges, rangesText } from "./ordinal-ranges.ts";
import { openAppend, openRead } from "./private-file.ts";

const FILE = "delivery.ledger";
const SPAN_ID = /^[0-9a-f]{16}$/;

/** What back ends said about the spans and log records of a run. */
export interface Delivered {
  /** Ids of spans that need not be sent again: confirmed ones, and those of requests that were taken in part. */
  readonly settled: ReadonlySet<string>;
  /** How many of them a back end has refused for what they are; it does not say which. */
  readonly rejected: number;
  /** The same of log records, by their ordinals. */
  readonly logs: { readonly settled: OrdinalRanges; readonly rejected: number };
  /** How many of both there are, where all were found to be settled. */
  readonly all: { readonly spans: number; readonly logs: number } | undefined;
}

/**
 * Appends to the ledger of one folder which spans the exporter has confirmed: a line per request, `+` before the ids where all were
 * taken, `~ n` where n of them were refused; of log records `l+` and `l~ n` before ordinals (`0-511,513`); `= n m` where all n spans and m
 * log records of the folder were found to be settled. A line counts once it has its end, so that a crash loses a confirmation, at worst.
 */
export class DeliveryLedger {
  readonly #path: string;
  #file: number | undefined;

  constructor(folder: string) {
    this.#path = join(folder, FILE);
  }

  /** @throws what the file system throws */
  confirm(spanIds: readonly string[], rejected: number = 0): void {
    this.#append(`${rejected === 0 ? "+" : `~ ${rejected}`} ${spanIds.join(" ")}\n`);
  }

  /** @throws what the file system throws */
  confirmLogs(seqs: readonly number[], rejected: number = 0): void {
    this.#append(`${rejected === 0 ? "l+" : `l~ ${rejected}`} ${rangesText(seqs)}\n`);
  }

  /** Everything in the tables is settled: nobody has to compare them with the ledger again. @throws what the file system throws */
  complete(spans: number, logs: number): void {
    this.#append(`= ${spans} ${logs}\n`);
  }

  #append(line: string): void {
    this.#file ??= this.#open();
    const bytes = Buffer.from(line);
    for (let offset = 0; offset < bytes.length;) offset += writeSync(this.#file, bytes, offset);
  }

  /** Makes durable what was confirmed. */
  sync(): void {
    if (this.#file !== undefined) fsyncSync(this.#file);
  }

  close(): void {
    if (this.#file === undefined) return;
    closeSync(this.#file);
    this.#file = undefined;
  }

  #open(): number {
    const torn = tornEnd(this.#path);
    const file = openAppend(this.#path);
    if (torn) writeSync(file, "\n");
    return file;
  }
}

/** Reads the ledger of a folder; empty where there is none. */
export function readLedger(folder: string): Delivered {
  const settled = new Set<string>();
  const logs = new OrdinalRanges();
  const rejected = { spans: 0, logs: 0 };
  let all: Delivered["all"];
  const lines = contents(join(folder, FILE)).split("\n");
  // What follows the last line end is half a line.
  for (const line of lines.slice(0, -1)) {
    const [kind = "", ...rest] = line.split(" ");
    const of = kind.startsWith("l") ? "logs" : "spans";
    if (kind.endsWith("~")) rejected[of] += Number(rest.shift()) || 0;
    if (kind === "+" || kind === "~") for (const id of rest) if (SPAN_ID.test(id)) settled.add(id);
    if (kind === "l+" || kind === "l~") logs.add(rest[0] ?? "");
    if (kind === "=") all = { spans: Number(rest[0]) || 0, logs: Number(rest[1]) || 0 };
  }
  return { settled, rejected: rejected.spans, logs: { settled: logs, rejected: rejected.logs }, all };
}

function contents(path: string): string {
  try {
    const file = openRead(path);
    try {
      return readFileSync(file, "latin1");
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

function tornEnd(path: string): boolean {
  try {
    const file = openRead(path);
    try {
      const { size } = fstatSync(file);
      const last = Buffer.alloc(1);
      return size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last[0] !== 10;
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
