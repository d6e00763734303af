import { closeSync, fstatSync, fsyncSync, readFileSync, readSync, writeSync } from "node:fs";
import { basename, join } from "node:path";
import { crc32 } from "node:zlib";
import { OrdinalRanges, rangesText } from "./ordinal-ranges.ts";
import { openAppend, openRead } from "./private-file.ts";

const FILE = "delivery.ledger";
const SPAN_ID = /^[0-9a-f]{16}$/;
/** An entry with its proof. */
const ENTRY = /^(.*) #([0-9a-f]{8})$/;

/** The tables whose rows are sent. */
export type SentTable = "spans" | "logs";

/** What back ends said about the rows of one table. */
interface Settled {
  /** Ordinals of rows that need not be sent again: confirmed ones, and those of requests that were taken in part. */
  readonly seqs: OrdinalRanges;
  /** How many of them a back end has refused for what they are; it does not say which. */
  readonly rejected: number;
}

/** What back ends said about the spans and log records of a run. */
export interface Delivered {
  readonly spans: Settled;
  /** Ids of settled spans that have no ordinal: those that a recovery closed, and those of snapshots of before. */
  readonly spanIds: ReadonlySet<string>;
  readonly logs: Settled;
  /** How many of both there are, where all were found to be settled. */
  readonly all: { readonly spans: number; readonly logs: number } | undefined;
  /** Entries that are torn or were changed: what they say is not believed. */
  readonly doubted: number;
}

/**
 * Appends to the ledger of one folder which rows the exporter has confirmed: a line per request, `spans` or `logs` before their ordinals
 * (`0-511,513`), or `ids` before ids of spans that have none, and `~n` where n of them were refused; `= n m` where all n spans and m log records of the
 * folder were found to be settled. Each ends with the CRC-32 of itself and the folder's name, so that neither half a line, nor one that was
 * changed, nor that of another run, counts: a crash loses a confirmation, at worst.
 */
export class DeliveryLedger {
  readonly #path: string;
  #file: number | undefined;

  constructor(folder: string) {
    this.#path = join(folder, FILE);
  }

  /** @throws what the file system throws */
  confirm(table: SentTable, seqs: readonly number[], rejected: number = 0): void {
    this.#append(`${table} ${rangesText(seqs)}${refused(rejected)}`);
  }

  /** The same for spans that have no ordinals. @throws what the file system throws */
  confirmIds(spanIds: readonly string[], rejected: number = 0): void {
    this.#append(`ids ${spanIds.join(",")}${refused(rejected)}`);
  }

  /** Everything in the tables is settled: nobody has to compare them with the ledger again. @throws what the file system throws */
  complete(spans: number, logs: number): void {
    this.#append(`= ${spans} ${logs}`);
  }

  #append(entry: string): void {
    this.#file ??= this.#open();
    const bytes = Buffer.from(`${entry} #${proof(this.#path, entry)}\n`);
    try {
      for (let offset = 0; offset < bytes.length;) offset += writeSync(this.#file, bytes, offset);
    } catch (error) {
      // A full disk may take half of it; what follows must not stand on the same line.
      this.close();
      throw error;
    }
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
  const path = join(folder, FILE);
  const seqs = { spans: new OrdinalRanges(), logs: new OrdinalRanges() };
  const rejected = { spans: 0, logs: 0 };
  const spanIds = new Set<string>();
  let all: Delivered["all"];
  let doubted = 0;
  for (const line of contents(path).split("\n")) {
    if (line === "") continue;
    const [, entry, sum] = ENTRY.exec(line) ?? [];
    if (entry === undefined || sum !== proof(path, entry)) {
      // Before entries had a proof they named ids, which are one: an id that is wrong is that of no span.
      const [plus, ...ids] = line.split(" ");
      const proven = plus === "+" ? ids.filter((id) => SPAN_ID.test(id)) : [];
      for (const id of proven) spanIds.add(id);
      if (plus !== "+" || proven.length < ids.length) doubted++;
      continue;
    }
    const [kind, what = "", more] = entry.split(" ");
    if (kind === "spans" || kind === "logs") seqs[kind].add(what);
    else if (kind === "ids") for (const id of what.split(",")) spanIds.add(id);
    else if (kind === "=") all = { spans: Number(what), logs: Number(more) };
    if (more?.startsWith("~") === true) rejected[kind === "logs" ? "logs" : "spans"] += Number(more.slice(1));
  }
  return {
    spans: { seqs: seqs.spans, rejected: rejected.spans },
    spanIds,
    logs: { seqs: seqs.logs, rejected: rejected.logs },
    all,
    doubted,
  };
}

function refused(rejected: number): string {
  return rejected === 0 ? "" : ` ~${rejected}`;
}

/** What only this entry in this folder has. */
function proof(path: string, entry: string): string {
  return crc32(entry, crc32(basename(join(path, ".."))))
    .toString(16)
    .padStart(8, "0");
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
