import { PitotError } from "@pitot/core";
import type { RangeSource } from "../io/range-source.ts";
import { decodeMetadata } from "./decode-metadata.ts";
import type { FileMetadata } from "./file-metadata.ts";
import { requireCount } from "../require-option.ts";

/** A footer and what reading it took. */
export interface ParquetFooter {
  readonly metadata: FileMetadata;
  /** The metadata as they stand in the file, without length and magic. */
  readonly bytes: Uint8Array;
  /** Length of the footer: metadata, their length (4 bytes) and the magic (4 bytes). */
  readonly footerBytes: number;
  /** Range requests: 1, or 2 where the first one was too short. */
  readonly requests: number;
  readonly bytesRead: number;
  /** Size of the file. */
  readonly fileBytes: number;
}

/** How to read a footer. */
export interface ReadFooterOptions {
  readonly signal?: AbortSignal;
  /** Bytes to ask for at first; by default what the footers read before in this process came to. */
  readonly guess?: number;
}

const TAIL = 8;
const FIRST_GUESS = 16 * 1024;
const SMALLEST_GUESS = 1024;
const LARGEST_GUESS = 1024 * 1024;
// Larger metadata do not exist, but a broken length does.
const LARGEST_FOOTER = 256 * 1024 * 1024;

/**
 * Reads the footer of a Parquet file: one range request for the end of the file, and a second one only where the footer is
 * larger than was guessed.
 *
 * Throws `PitotError`: IO where the file cannot be read, INVALID_DATA where it is no Parquet file or its footer is broken, UNSUPPORTED where the
 * footer is encrypted. Cost: linear in the footer; a broken one fails within milliseconds.
 */
export async function readFooter(
  source: RangeSource,
  options: ReadFooterOptions = {},
): Promise<ParquetFooter> {
  const raw = await readFooterBytes(source, options.guess, options.signal);
  return { metadata: named(source, () => decodeMetadata(raw.bytes)), ...raw };
}

// What the footers of this process came to: files that are read together mostly have footers of about a size.
let learned = FIRST_GUESS;

/** A bit more than the last footer, and down only by steps: one small file among large ones must not cost each of them a request. */
function nextGuess(guess: number, footerBytes: number): number {
  const wanted = Math.ceil((footerBytes * 1.1) / 512) * 512;
  const next = wanted > guess ? wanted : guess - (guess - wanted) / 8;
  return Math.ceil(Math.min(LARGEST_GUESS, Math.max(SMALLEST_GUESS, next)));
}

/** A footer that was read but not decoded. */
export type RawFooter = Omit<ParquetFooter, "metadata">;

/** The bytes of a footer. Throws as {@link readFooter} does. */
export async function readFooterBytes(
  source: RangeSource,
  guess: number | undefined,
  signal: AbortSignal | undefined,
): Promise<RawFooter> {
  if (guess !== undefined) requireCount("guess", guess, 0);
  const first = await source.suffix(Math.max(guess ?? learned, TAIL), signal);
  const footerBytes = named(source, () => footerLength(first.bytes, first.byteLength));
  let { bytes } = first;
  let requests = 1;
  let bytesRead = bytes.length;
  learned = nextGuess(learned, footerBytes);
  if (footerBytes > bytes.length) {
    const start = first.byteLength - footerBytes;
    const head = await source.slice(start, first.byteLength - bytes.length, signal);
    requests++;
    bytesRead += head.length;
    const joined = new Uint8Array(footerBytes);
    joined.set(head);
    joined.set(bytes, head.length);
    bytes = joined;
  }
  return {
    bytes: alone(bytes.subarray(bytes.length - footerBytes, bytes.length - TAIL)),
    footerBytes,
    requests,
    bytesRead,
    fileBytes: first.byteLength,
  };
}

/** Bytes without what else is in their memory where that is much: what is decoded of a footer keeps views of them, and so all of it. */
function alone(bytes: Uint8Array): Uint8Array {
  return bytes.buffer.byteLength > 2 * bytes.length + SMALLEST_GUESS ? bytes.slice() : bytes;
}

/** Length of the footer by the last 8 bytes. */
function footerLength(tail: Uint8Array, fileBytes: number): number {
  if (tail.length < TAIL)
    throw new PitotError("INVALID_DATA", "This is too short for a Parquet file", {
      value: `${fileBytes} bytes`,
      remedy: "Give a Parquet file",
    });
  const view = new DataView(tail.buffer, tail.byteOffset + tail.length - TAIL, TAIL);
  const magic = Buffer.from(tail.buffer, tail.byteOffset + tail.length - 4, 4).toString("latin1");
  if (magic === "PARE")
    throw new PitotError("UNSUPPORTED", "The footer is encrypted", {
      value: magic,
      remedy: "Give a file with a footer in plain text, or decrypt it first",
    });
  if (magic !== "PAR1")
    throw new PitotError("INVALID_DATA", "This is not a Parquet file: it does not end in PAR1", {
      value: magic,
      remedy: "Give a Parquet file that was written to its end",
    });
  const length = view.getUint32(0, true) + TAIL;
  // The file begins with the magic, too.
  if (length + 4 > fileBytes || length > LARGEST_FOOTER)
    throw new PitotError("INVALID_DATA", "The footer is longer than the file or than is possible", {
      value: `${length} of ${fileBytes} bytes`,
      remedy: "Check that the file is complete",
    });
  return length;
}

/** What `work` gives; its errors name the file. */
export function named<T>(source: RangeSource, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof PitotError)) throw error;
    throw new PitotError(error.code, `${source.location}: ${error.message.split(". ")[0]}`, {
      remedy: error.remedy,
      cause: error,
    });
  }
}
