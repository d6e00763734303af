import { countingSource } from "../io/counting-source.ts";
import { readFooter } from "../parquet/read-footer.ts";
import type { ScanMeter } from "../telemetry/scan-effectiveness.ts";
import { FileFooter } from "./file-footer.ts";
import type { Fragment } from "./fragment-source.ts";

// Decoded footers keep views of their bytes and some objects per row group; schemas of their own, however short they are.
const MEMORY_PER_BYTE = 4;
const MEMORY_PER_FOOTER = 10 * 1024;
const MOST_MEMORY = 64 * 1024 * 1024;

const origins = new WeakMap<Fragment, object>();
interface Kept {
  /** Until others need its memory more. */
  footer: FileFooter | undefined;
}

// By the listing's own fragment: a dataset opened anew reads its files anew. Held weakly, since a fragment may have its whole file in memory.
const kept = new WeakMap<object, Kept>();
/** Those that have a footer, in order of use. */
const used = new Set<Kept>();
/** What reading a footer took, until a scan counts it: one that the opening of a dataset read belongs to the first scan. */
const uncounted = new WeakMap<FileFooter, { readonly bytes: number; readonly requests: number }>();
let memory = 0;

/** Says that two fragments are of one file, so that its footer is read once. */
export function sameFile(fragment: Fragment, of: Fragment): Fragment {
  origins.set(fragment, origins.get(of) ?? of);
  return fragment;
}

/**
 * The footer of a fragment's file: kept from an earlier call while 64 MiB of them are not exceeded, else read.
 * @throws PitotError as `readFooter` does
 */
export async function footerOf(
  fragment: Fragment,
  {
    signal,
    meter,
  }: { readonly signal?: AbortSignal | undefined; readonly meter?: ScanMeter | undefined } = {},
): Promise<FileFooter> {
  const key = origins.get(fragment) ?? fragment;
  const known = kept.get(key);
  if (known?.footer !== undefined) {
    used.delete(known);
    used.add(known);
    return counted(known.footer, meter);
  }
  const source = countingSource(await fragment.open());
  try {
    const read = await readFooter(source, signal === undefined ? {} : { signal });
    const footer = new FileFooter(fragment.location, read);
    uncounted.set(footer, { bytes: source.bytes, requests: source.requests });
    keep(key, footer);
    return counted(footer, meter);
  } finally {
    await source.close();
  }
}

function counted(footer: FileFooter, meter: ScanMeter | undefined): FileFooter {
  const cost = uncounted.get(footer);
  if (meter !== undefined && cost !== undefined) {
    meter.footerBytes += cost.bytes;
    meter.rangeRequests += cost.requests;
    uncounted.delete(footer);
  }
  return footer;
}

function keep(key: object, footer: FileFooter): void {
  if (kept.get(key)?.footer !== undefined) return;
  const entry: Kept = { footer };
  kept.set(key, entry);
  used.add(entry);
  memory += memoryOf(footer);
  for (const oldest of used) {
    if (memory <= MOST_MEMORY) break;
    memory -= memoryOf(oldest.footer!);
    oldest.footer = undefined;
    used.delete(oldest);
  }
}

function memoryOf({ footerBytes }: FileFooter): number {
  return footerBytes * MEMORY_PER_BYTE + MEMORY_PER_FOOTER;
}
